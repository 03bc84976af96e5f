using System.Text.Json;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

public sealed class BucketTests(Account account)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("QuarantineBucket")]
    [InlineData("DefinitionsBucket")]
    public async Task A_bucket_of_the_stack_is_private_and_encrypted(string bucket)
    {
        var stack = await account.SpotAsync;

        var block = (await AskAsync(stack, bucket, "get-public-access-block")).GetProperty("PublicAccessBlockConfiguration");
        var ownership = await AskAsync(stack, bucket, "get-bucket-ownership-controls");
        var keys = await EncryptionAsync(await account.PrivateAsync, bucket);

        block.EnumerateObject().Select(setting => setting.Value.GetBoolean()).ShouldBe([true, true, true, true]);
        ownership.GetProperty("OwnershipControls").GetProperty("Rules")[0].Text("ObjectOwnership").ShouldBe("BucketOwnerEnforced");
        (await EncryptionAsync(stack, bucket)).Text("SSEAlgorithm").ShouldBe("AES256");
        keys.Text("SSEAlgorithm").ShouldBe("aws:kms");
        keys.Text("KMSMasterKeyID").ShouldEndWith("key/00000000-0000-0000-0000-000000000002");
        stack.Outputs[$"{bucket}Name"].ShouldBe(stack[bucket]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Quarantine_keeps_versions_and_forgets_them_after_the_days_asked_for()
    {
        var stack = await account.SpotAsync;

        var versioning = await AskAsync(stack, "QuarantineBucket", "get-bucket-versioning");
        var rules = (await AskAsync(stack, "QuarantineBucket", "get-bucket-lifecycle-configuration")).GetProperty("Rules");

        versioning.Text("Status").ShouldBe("Enabled");
        rules[0].GetProperty("Expiration").Text("Days").ShouldBe("90");
        rules[0].GetProperty("NoncurrentVersionExpiration").Text("NoncurrentDays").ShouldBe("1");
        rules[1].GetProperty("Expiration").GetProperty("ExpiredObjectDeleteMarker").GetBoolean().ShouldBeTrue();
        rules.EnumerateArray().ShouldAllBe(rule => rule.GetProperty("Status").GetString() == "Enabled");
    }

    [Fact(Timeout = 120_000)]
    public async Task Quarantine_is_read_by_the_fleet_and_by_the_readers_named_and_deleted_from_by_administrators()
    {
        var stack = await account.PrivateAsync;
        var policy = await PolicyAsync(stack, "QuarantineBucket");

        Request By(string principal, string action) => new(action, $"arn:aws:s3:::{stack["QuarantineBucket"]}/a/b")
        {
            Context = { ["aws:PrincipalArn"] = principal },
        };

        policy.Denies(By(stack.Outputs["RoleArn"], "s3:GetObject")).ShouldBeFalse();
        policy.Denies(By($"arn:aws:iam::{Account.Id}:role/security", "s3:GetObjectVersion")).ShouldBeFalse();
        policy.Denies(By($"arn:aws:iam::{Account.Id}:role/administrator", "s3:GetObject")).ShouldBeTrue();
        policy.Denies(By($"arn:aws:iam::{Account.Id}:role/administrator", "s3:DeleteObjectVersion")).ShouldBeFalse();
    }

    [Fact(Timeout = 120_000)]
    public async Task Only_the_fleet_writes_definitions()
    {
        var stack = await account.SpotAsync;
        var policy = await PolicyAsync(stack, "DefinitionsBucket");

        Request By(string principal) => new("s3:PutObject", $"arn:aws:s3:::{stack["DefinitionsBucket"]}/manifest.json")
        {
            Context = { ["aws:PrincipalArn"] = principal },
        };

        policy.Denies(By(stack.Outputs["RoleArn"])).ShouldBeFalse();
        policy.Denies(By($"arn:aws:iam::{Account.Id}:user/somebody")).ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task No_bucket_is_made_that_was_not_asked_for()
        => (await account.SmallAsync).LogicalIds.ShouldNotContain(id => id.Contains("Bucket", StringComparison.Ordinal));

    private static Task<JsonElement> AskAsync(CreatedStack stack, string bucket, string operation) =>
        stack.AskAsync(Cancellation, "s3api", operation, "--bucket", stack[bucket]);

    private static async Task<JsonElement> EncryptionAsync(CreatedStack stack, string bucket) =>
        (await AskAsync(stack, bucket, "get-bucket-encryption")).GetProperty("ServerSideEncryptionConfiguration")
            .GetProperty("Rules")[0].GetProperty("ApplyServerSideEncryptionByDefault");

    private static async Task<Policy> PolicyAsync(CreatedStack stack, string bucket) =>
        Policy.Parse((await AskAsync(stack, bucket, "get-bucket-policy")).Text("Policy"));
}
