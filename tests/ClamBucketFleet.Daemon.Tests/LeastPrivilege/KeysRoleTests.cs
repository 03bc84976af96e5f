using ClamBucketFleet.TestKit;
using Xunit;
using static ClamBucketFleet.Daemon.Tests.LeastPrivilege.Needed;

namespace ClamBucketFleet.Daemon.Tests.LeastPrivilege;

/// <summary>Objects, queue, topic and created buckets are encrypted with keys of the user's own.</summary>
public sealed class KeysRoleTests(WholeMotoFixture moto, ClamdFixture clamd) : RoleTests(moto, clamd)
{
    private static readonly Role Fleet = new(
        new Dictionary<string, string>
        {
            ["InfectedAction"] = "quarantine",
            ["CreateQuarantineBucket"] = "true",
            ["ObjectKeyArns"] = Promises.ObjectKey,
            ["KmsKeyArn"] = "arn:aws:kms:eu-west-1:123456789012:key/0bec7000-0000-0000-0000-000000000002",
        },
        new Dictionary<Grant, Func<Bench, Task>>(
        [
            .. For("ObjectKeys", Promises.QuarantinesAnEncryptedObject, "kms:Decrypt", "kms:GenerateDataKey"),
            .. For("OwnKey", Promises.WorksOffTheQueue, "kms:Decrypt", "kms:GenerateDataKey"),
        ]),
        new Dictionary<Grant, string>([.. AgentsOwn]))
    {
        Shared =
        [
            .. Always.Select(need => need.Key),
            .. Held("Read", "s3:GetObject", "s3:GetObjectVersion"),
            .. Held("Remove", "s3:DeleteObject", "s3:DeleteObjectVersion"),
            .. Held("ReadTags", "s3:GetObjectTagging", "s3:GetObjectVersionTagging"),
            .. Held("QuarantineBucket", "s3:ListBucket"),
            .. Held("Quarantine", "s3:PutObject", "s3:PutObjectTagging", "s3:GetObjectVersion", "s3:DeleteObjectVersion"),
        ],
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
