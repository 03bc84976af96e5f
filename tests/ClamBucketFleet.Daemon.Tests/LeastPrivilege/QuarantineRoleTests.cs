using ClamBucketFleet.TestKit;
using Xunit;
using static ClamBucketFleet.Daemon.Tests.LeastPrivilege.Needed;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>What is infected or has no verdict goes to the bucket that the stack creates; definitions come by the mirror.</summary>
public sealed class QuarantineRoleTests(WholeMotoFixture moto, ClamdFixture clamd) : RoleTests(moto, clamd)
{
    private static readonly Role Fleet = new(
        new Dictionary<string, string>
        {
            ["InfectedAction"] = "quarantine",
            ["UnscannableAction"] = "quarantine",
            ["CreateQuarantineBucket"] = "true",
            ["QuarantinePrefix"] = "infected/",
            ["CreateDefinitionsBucket"] = "true",
        },
        new Dictionary<Grant, Func<Bench, Task>>(
        [
            .. For("Read", Promises.QuarantinesAnInfectedObject, "s3:GetObject"),
            .. For("Read", Promises.QuarantinesAnInfectedVersion, "s3:GetObjectVersion"),
            .. For("Remove", Promises.QuarantinesAnInfectedObject, "s3:DeleteObject"),
            .. For("Remove", Promises.QuarantinesAnInfectedVersion, "s3:DeleteObjectVersion"),
            .. For("ReadTags", Promises.QuarantinesAnInfectedObject, "s3:GetObjectTagging"),
            .. For("ReadTags", Promises.QuarantinesAnInfectedVersion, "s3:GetObjectVersionTagging"),
            .. For("QuarantineBucket", Promises.ChecksWell, "s3:ListBucket"),
            .. For("Quarantine", Promises.QuarantinesAnInfectedObject, "s3:PutObject", "s3:PutObjectTagging", "s3:GetObjectVersion"),
            .. For("Quarantine", Promises.TakesBackACopyInQuarantine, "s3:DeleteObjectVersion"),
            .. For("DefinitionsBucket", Promises.MirrorsTheDefinitions, "s3:ListBucket"),
            .. For("Definitions", Promises.MirrorsTheDefinitions, "s3:GetObject", "s3:PutObject"),
        ]),
        new Dictionary<Grant, string>(
        [
            .. AgentsOwn,
            .. Excused("Definitions", "what it removes has to be an hour old, by the clock of S3", "s3:DeleteObject"),
        ]))
    {
        Others = [Promises.QuarantinesAnUnscannableObject],
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
