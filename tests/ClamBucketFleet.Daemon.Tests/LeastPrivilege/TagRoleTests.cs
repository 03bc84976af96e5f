using ClamBucketFleet.TestKit;
using Xunit;
using static ClamBucketFleet.Daemon.Tests.LeastPrivilege.Needed;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>Everything is tagged and nothing goes.</summary>
public sealed class TagRoleTests(WholeMotoFixture moto, ClamdFixture clamd) : RoleTests(moto, clamd)
{
    private static readonly Role Fleet = new(
        new Dictionary<string, string>
        {
            ["InfectedAction"] = "tag",
            ["CleanAction"] = "tag",
            ["UnscannableAction"] = "tag",
        },
        new Dictionary<Grant, Func<Bench, Task>>(
        [
            .. For("Read", Promises.TagsAnInfectedObject, "s3:GetObject"),
            .. For("Read", Promises.TagsAnInfectedVersion, "s3:GetObjectVersion"),
            .. For("ReadTags", Promises.TagsAnInfectedObject, "s3:GetObjectTagging"),
            .. For("ReadTags", Promises.TagsAnInfectedVersion, "s3:GetObjectVersionTagging"),
            .. For("Tag", Promises.TagsAnInfectedObject, "s3:PutObjectTagging"),
            .. For("Tag", Promises.TagsAnInfectedVersion, "s3:PutObjectVersionTagging"),
            .. For("Tag", Promises.TakesTagsBackFromASuccessor, "s3:DeleteObjectTagging"),
            .. For("Tag", Promises.TakesTagsBackFromASuccessorWhereVersioningIsSuspended, "s3:DeleteObjectVersionTagging"),
        ]),
        new Dictionary<Grant, string>([.. AgentsOwn]))
    {
        Others = [Promises.TagsACleanObject, Promises.TagsAnUnscannableObject],
        Shared = [.. Always.Select(need => need.Key)],
    };

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
