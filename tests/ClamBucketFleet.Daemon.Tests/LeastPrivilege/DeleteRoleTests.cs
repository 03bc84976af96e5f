using ClamBucketFleet.TestKit;
using Xunit;
using static ClamBucketFleet.Daemon.Tests.LeastPrivilege.Needed;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>Infected objects are deleted, and nothing else is done: the stack's defaults.</summary>
public sealed class DeleteRoleTests(WholeMotoFixture moto, ClamdFixture clamd) : RoleTests(moto, clamd)
{
    private static readonly Role Fleet = new(
        new Dictionary<string, string>
        {
            ["InfectedAction"] = "delete",
        },
        new Dictionary<Grant, Func<Bench, Task>>(
        [
            .. Always,
            .. For("Read", Promises.DeletesAnInfectedObject, "s3:GetObject"),
            .. For("Read", Promises.DeletesAnInfectedVersion, "s3:GetObjectVersion"),
            .. For("Remove", Promises.DeletesAnInfectedObject, "s3:DeleteObject"),
            .. For("Remove", Promises.DeletesAnInfectedVersion, "s3:DeleteObjectVersion"),
        ]),
        new Dictionary<Grant, string>([.. AgentsOwn]));

    public static IEnumerable<TheoryDataRow<string>> Kept => Fleet.Promises;

    public static IEnumerable<TheoryDataRow<string, string>> Missing => Fleet.Grants;

    private protected override Role Role => Fleet;

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Kept))]
    public Task With_the_role_as_it_is_the_promise_is_kept(string promise) => KeepsAsync(promise);

    [Theory(Timeout = Limit)]
    [MemberData(nameof(Missing))]
    public Task Without_one_action_a_promise_is_broken(string statement, string action) => BreaksAsync(statement, action);

    [Fact(Timeout = Limit)]
    public Task The_role_holds_these_actions_and_no_other() => HoldsExactlyAsync();
}
