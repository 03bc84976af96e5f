using System.Text.Json;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>What the owner of buckets in another account gets.</summary>
public sealed class OtherAccountTests(Account account)
{
    private static readonly string Template = Repository.Combine("cloudformation", "bucket-owner.yaml");

    private const string Fleet = "arn:aws:iam::210987654321:role/fleet";
    private const string Queue = "arn:aws:sqs:eu-west-1:210987654321:scan";
    private const string Key = $"arn:aws:kms:eu-west-1:{Account.Id}:key/00000000-0000-0000-0000-000000000001";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(RoleTests.Needs), MemberType = typeof(RoleTests))]
    public async Task The_bucket_s_policy_lets_the_fleet_do_what_its_role_may_and_nobody_else(
        string infected, string clean, string unscannable, string expected)
    {
        var stack = await CreateAsync("bucket", (infected, clean, unscannable), "");

        var policy = Statements(stack, "BucketPolicyStatement");

        string[] reading = ["s3:GetObject", "s3:GetObjectVersion"];
        string[] onObjects = [.. reading, .. expected.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        policy.AllowedActions.ShouldBe(["s3:ListBucket", .. onObjects], ignoreOrder: true);
        policy.Allows(By(Fleet, "s3:ListBucket", "arn:aws:s3:::BUCKET")).ShouldBeTrue();
        onObjects.ShouldAllBe(action => policy.Allows(By(Fleet, action, "arn:aws:s3:::BUCKET/a")));
        onObjects.ShouldAllBe(action => !policy.Allows(By($"{Fleet}2", action, "arn:aws:s3:::BUCKET/a")));
    }

    [Fact]
    public void What_an_action_needs_is_decided_as_in_the_fleet_s_template()
    {
        var conditions = TemplateFile.Conditions("bucket-owner.yaml");

        conditions.ShouldNotBeEmpty();
        conditions.ShouldBeSubsetOf(TemplateFile.Conditions("clam-bucket-fleet.yaml"));
    }

    public static MatrixTheoryData<string, string, string> Combinations =>
        new(["delete", "quarantine", "tag", "none"], ["none", "tag", "move"], ["none", "tag", "quarantine"]);

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Combinations))]
    public async Task Whatever_the_actions_the_statements_can_be_read_and_delete_nothing_without_need(
        string infected, string clean, string unscannable)
    {
        string[] actions = [infected, clean, unscannable];
        var copies = actions.Contains("quarantine") || actions.Contains("move");
        var stack = await CreateAsync("all", (infected, clean, unscannable), Key);

        var bucket = Statements(stack, "BucketPolicyStatement");
        var key = Statements(stack, "KeyPolicyStatement");

        bucket.Allows(By(Fleet, "s3:DeleteObjectVersion", "arn:aws:s3:::BUCKET/a")).ShouldBe(copies || infected == "delete");
        bucket.Allows(By(Fleet, "s3:PutObjectVersionTagging", "arn:aws:s3:::BUCKET/a")).ShouldBe(actions.Contains("tag"));
        key.AllowedActions.ShouldBe(copies ? ["kms:Decrypt", "kms:GenerateDataKey"] : ["kms:Decrypt"]);
        key.Allows(By(Fleet, "kms:Decrypt", Key)).ShouldBeTrue();
        key.Allows(By($"{Fleet}2", "kms:Decrypt", Key)).ShouldBeFalse();
        stack.Outputs.ContainsKey("DestinationPolicyStatement").ShouldBe(copies);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_destination_in_the_owner_s_account_takes_copies_of_the_fleet_alone()
    {
        var stack = await CreateAsync("destination", ("quarantine", "none", "none"), "");

        var policy = Statements(stack, "DestinationPolicyStatement");

        foreach (var action in (string[])["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload", "s3:GetObjectVersion", "s3:DeleteObjectVersion"])
        {
            policy.Allows(By(Fleet, action, "arn:aws:s3:::BUCKET/a")).ShouldBeTrue(action);
            policy.Allows(By($"{Fleet}2", action, "arn:aws:s3:::BUCKET/a")).ShouldBeFalse(action);
        }
        policy.Allows(By(Fleet, "s3:ListBucket", "arn:aws:s3:::BUCKET")).ShouldBeTrue();
    }

    [Fact(Timeout = 120_000)]
    public async Task Keys_are_spoken_of_only_where_there_are_some()
        => (await CreateAsync("no-key", ("delete", "none", "none"), "")).Outputs.Keys.ShouldNotContain("KeyPolicyStatement");

    [Fact(Timeout = 120_000)]
    public async Task The_command_points_their_bucket_at_the_fleet_s_queue()
    {
        var command = (await CreateAsync("connect", ("delete", "none", "none"), "")).Outputs["ConnectBucketCommand"];

        var notifications = JsonElement.Parse(command.Split('\'')[1]).GetProperty("QueueConfigurations");
        notifications.EnumerateArray().ShouldHaveSingleItem().Text("QueueArn").ShouldBe(Queue);
    }

    private async Task<CreatedStack> CreateAsync(string name, (string Infected, string Clean, string Unscannable) actions, string keys)
    {
        name = $"owner-{name}-{actions.Infected}-{actions.Clean}-{actions.Unscannable}";
        var parameters = new Dictionary<string, string>
        {
            ["FleetRoleArn"] = Fleet,
            ["ScanQueueArn"] = Queue,
            ["ObjectKeyArns"] = keys,
            ["InfectedAction"] = actions.Infected,
            ["CleanAction"] = actions.Clean,
            ["UnscannableAction"] = actions.Unscannable,
        };
        var created = await account.CallAsync("create-stack", name, Template, parameters, Cancellation);
        created.ExitCode.ShouldBe(0, created.Error);
        return await CreatedStack.ReadAsync(account, name, Cancellation);
    }

    private static Policy Statements(CreatedStack stack, string output) => Policy.Parse($$"""{"Statement": {{stack.Outputs[output]}}}""");

    private static Request By(string principal, string action, string resource) => new(action, resource, Principal: principal);

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
