using ClamBucketFleet.TestKit;
using Xunit;
using static ClamBucketFleet.Daemon.Tests.LeastPrivilege.Needed;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>Infected objects go to a quarantine bucket of the user's own, with versions or without, and clean ones to another.</summary>
public sealed class OwnBucketsRoleTests(WholeMotoFixture moto, ClamdFixture clamd) : RoleTests(moto, clamd)
{
    private static readonly Role Fleet = new(
        new Dictionary<string, string>
        {
            ["InfectedAction"] = "quarantine",
            ["CleanAction"] = "move",
            ["QuarantineBucketName"] = "{name}-quarantine",
            ["CleanBucketName"] = "{name}-clean",
        },
        new Dictionary<Grant, Func<Bench, Task>>(
        [
            .. For("Read", Promises.QuarantinesAnInfectedObject, "s3:GetObject"),
            .. For("Read", Promises.QuarantinesAnInfectedVersion, "s3:GetObjectVersion"),
            .. For("Remove", Promises.MovesACleanObject, "s3:DeleteObject"),
            .. For("Remove", Promises.QuarantinesAnInfectedVersion, "s3:DeleteObjectVersion"),
            .. For("ReadTags", Promises.MovesACleanObject, "s3:GetObjectTagging"),
            .. For("ReadTags", Promises.QuarantinesAnInfectedVersion, "s3:GetObjectVersionTagging"),
            .. For("QuarantineBucket", Promises.ChecksWell, "s3:ListBucket"),
            .. For("Quarantine", Promises.QuarantinesAnInfectedObject, "s3:PutObject", "s3:PutObjectTagging", "s3:GetObject"),
            .. For("Quarantine", Promises.QuarantinesIntoAVersionedBucket, "s3:GetObjectVersion"),
            .. For("Quarantine", Promises.TakesBackACopyInQuarantine, "s3:DeleteObject"),
            .. For("Quarantine", Promises.TakesBackACopyInVersionedQuarantine, "s3:DeleteObjectVersion"),
            .. For("CleanBucket", Promises.ChecksWell, "s3:ListBucket"),
            .. For("Clean", Promises.MovesACleanObject, "s3:PutObject", "s3:PutObjectTagging", "s3:GetObject"),
            .. For("Clean", Promises.MovesIntoAVersionedBucket, "s3:GetObjectVersion"),
            .. For("Clean", Promises.TakesBackAMovedCopy, "s3:DeleteObject"),
            .. For("Clean", Promises.TakesBackAMovedCopyInAVersionedBucket, "s3:DeleteObjectVersion"),
        ]),
        new Dictionary<Grant, string>([.. AgentsOwn]))
    {
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
