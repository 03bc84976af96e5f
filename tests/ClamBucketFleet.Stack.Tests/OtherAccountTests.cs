using System.Text.Json;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>What the owner of buckets in another account gets.</summary>
public sealed class OtherAccountTests(Account account)
{
    private static readonly string Template = Repository.Combine("cloudformation", "bucket-owner.yaml");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("delete", true, false)]
    [InlineData("tag", false, true)]
    [InlineData("quarantine", true, true)]
    [InlineData("none", false, false)]
    public async Task The_fleet_s_role_alone_may_assume_one_that_does_what_the_action_needs(string infected, bool removes, bool tags)
    {
        const string Fleet = $"arn:aws:iam::{Account.Id}:role/fleet";
        var parameters = new Dictionary<string, string>
        {
            ["FleetRoleArn"] = Fleet,
            ["ScanQueueArn"] = $"arn:aws:sqs:eu-west-1:{Account.Id}:scan",
            ["FindingsTopicArn"] = $"arn:aws:sns:eu-west-1:{Account.Id}:findings",
            ["BucketNames"] = "theirs-*",
            ["InfectedAction"] = infected,
        };
        (await account.CallAsync("create-stack", $"owner-{infected}", Template, parameters, Cancellation)).ExitCode.ShouldBe(0);
        var stack = await CreatedStack.ReadAsync(account, $"owner-{infected}", Cancellation);

        var role = (await stack.AskAsync(Cancellation, "iam", "get-role", "--role-name", stack["ScannerRole"])).GetProperty("Role");
        var document = await stack.AskAsync(
            Cancellation, "iam", "get-role-policy", "--role-name", stack["ScannerRole"], "--policy-name", "scan");
        var policy = new Policy([document.GetProperty("PolicyDocument")]);

        var trust = role.GetProperty("AssumeRolePolicyDocument").GetProperty("Statement");
        trust.EnumerateArray().ShouldHaveSingleItem().GetProperty("Principal").Text("AWS").ShouldBe(Fleet);
        policy.Allows("s3:GetObjectVersion", "arn:aws:s3:::theirs-1/a").ShouldBeTrue();
        policy.Allows("s3:GetObject", "arn:aws:s3:::others/a").ShouldBeFalse();
        policy.Allows("s3:DeleteObjectVersion", "arn:aws:s3:::theirs-1/a").ShouldBe(removes);
        policy.Allows("s3:PutObjectVersionTagging", "arn:aws:s3:::theirs-1/a").ShouldBe(tags);
        JsonElement.Parse(stack.Outputs["BucketPolicyStatement"]).GetProperty("Principal").Text("AWS").ShouldBe(Fleet);
    }

    // moto does not look at conditions of bucket policies: what is asked here is what IAM's own rules make of the document.
    [Theory]
    [InlineData(null, "somebody", true)]
    [InlineData("INFECTED", "somebody", true)]
    [InlineData("CLEAN", "somebody", false)]
    [InlineData(null, "fleet", false)]
    public void Nobody_but_the_fleet_reads_what_is_not_clean(string? status, string who, bool denied)
    {
        var reading = By(who, "s3:GetObject");
        if (status is not null) reading.Context["s3:ExistingObjectTag/av-status"] = status;

        DenyUnlessClean().Denies(reading).ShouldBe(denied);
    }

    [Theory]
    [InlineData("s3:PutObjectTagging", false)]
    [InlineData("s3:PutObject", true)]
    public void Nobody_but_the_fleet_says_what_is_clean(string action, bool withStatus)
    {
        foreach (var who in (string[])["somebody", "fleet"])
        {
            var writing = By(who, action);
            if (withStatus) writing.Context["s3:RequestObjectTagKeys"] = "av-status";
            DenyUnlessClean().Denies(writing).ShouldBe(who == "somebody");
        }
        DenyUnlessClean().Denies(By("somebody", "s3:PutObject")).ShouldBeFalse();
    }

    private static Policy DenyUnlessClean() => Policy.Parse(
        File.ReadAllText(Repository.Combine("cloudformation", "deny-unless-clean.policy.json"))
            .Replace("BUCKET", "uploads", StringComparison.Ordinal)
            .Replace("FLEET_ROLE_ARN", $"arn:aws:iam::{Account.Id}:role/fleet", StringComparison.Ordinal));

    private static Request By(string who, string action) => new(action, "arn:aws:s3:::uploads/a")
    {
        Context = { ["aws:PrincipalArn"] = $"arn:aws:iam::{Account.Id}:role/{who}" },
    };
}
