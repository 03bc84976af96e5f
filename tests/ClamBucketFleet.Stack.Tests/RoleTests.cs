using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

public sealed class RoleTests(Account account)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 120_000)]
    [InlineData("delete", "none", "none", "s3:DeleteObject s3:DeleteObjectVersion")]
    [InlineData("none", "none", "none", "")]
    [InlineData("tag", "none", "none", Tagging)]
    [InlineData("none", "tag", "none", Tagging)]
    [InlineData("none", "none", "tag", Tagging)]
    [InlineData("quarantine", "none", "none", $"s3:DeleteObject s3:DeleteObjectVersion {ReadingTags}")]
    [InlineData("none", "none", "quarantine", $"s3:DeleteObject s3:DeleteObjectVersion {ReadingTags}")]
    [InlineData("none", "move", "none", $"s3:DeleteObject s3:DeleteObjectVersion {ReadingTags}")]
    public async Task The_role_may_do_to_objects_what_the_actions_need_and_no_more(
        string infected, string clean, string unscannable, string expected)
    {
        var parameters = account.Example("small-and-cheap");
        (parameters["InfectedAction"], parameters["CleanAction"], parameters["UnscannableAction"]) = (infected, clean, unscannable);
        if (infected == "quarantine" || unscannable == "quarantine") parameters["QuarantineBucketName"] = "jail";
        if (clean == "move") parameters["CleanBucketName"] = "clean";
        var stack = await account.CreateAsync($"role-{infected}-{clean}-{unscannable}", parameters, Cancellation);

        var policy = await stack.RolePolicyAsync(Cancellation);

        string[] reading = ["s3:GetObject", "s3:GetObjectVersion"];
        var onObjects = policy.AllowedActions.Where(action => action.StartsWith("s3:", StringComparison.Ordinal)).Distinct().ToArray();
        var may = onObjects.Where(action => policy.Allows(action, "arn:aws:s3:::uploads/report.pdf"));
        may.ShouldBe([.. reading, .. expected.Split(' ', StringSplitOptions.RemoveEmptyEntries)], ignoreOrder: true);
        onObjects.ShouldAllBe(action => !policy.Allows(action, "arn:aws:s3:::payroll/report.pdf"));
        policy.Allows("s3:PutObject", "arn:aws:s3:::jail/uploads/report.pdf").ShouldBe(parameters.ContainsKey("QuarantineBucketName"));
        policy.Allows("s3:PutObject", "arn:aws:s3:::clean/report.pdf").ShouldBe(parameters.ContainsKey("CleanBucketName"));
    }

    private const string ReadingTags = "s3:GetObjectTagging s3:GetObjectVersionTagging";

    private const string Tagging =
        ReadingTags + " s3:PutObjectTagging s3:PutObjectVersionTagging s3:DeleteObjectTagging s3:DeleteObjectVersionTagging";

    [Fact(Timeout = 120_000)]
    public async Task The_role_works_on_its_own_queue_topic_group_and_log()
    {
        var stack = await account.SpotAsync;
        var policy = await stack.RolePolicyAsync(Cancellation);
        var group = (await stack.GroupAsync(Cancellation)).Text("AutoScalingGroupARN");

        foreach (var action in (string[])["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes", "SendMessage"])
            policy.Allows($"sqs:{action}", stack.Outputs["ScanQueueArn"]).ShouldBeTrue(action);
        policy.Allows("sqs:ReceiveMessage", $"arn:aws:sqs:eu-west-1:{Account.Id}:another").ShouldBeFalse();
        policy.Allows("sns:Publish", stack["FindingsTopic"]).ShouldBeTrue();
        foreach (var action in (string[])["CompleteLifecycleAction", "RecordLifecycleActionHeartbeat", "SetInstanceHealth"])
        {
            policy.Allows($"autoscaling:{action}", group).ShouldBeTrue(action);
            policy.Allows($"autoscaling:{action}", group.Replace(stack.Name, "other", StringComparison.Ordinal)).ShouldBeFalse();
        }
        policy.Allows("logs:PutLogEvents", $"arn:aws:logs:eu-west-1:{Account.Id}:log-group:{stack["LogGroup"]}:log-stream:i-1").ShouldBeTrue();
        policy.Allows("logs:PutLogEvents", $"arn:aws:logs:eu-west-1:{Account.Id}:log-group:other:log-stream:i-1").ShouldBeFalse();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("s3:GetObject", "files/x/daily.cvd", true)]
    [InlineData("s3:PutObject", "manifest.json", true)]
    [InlineData("s3:DeleteObject", "files/x/daily.cvd", true)]
    [InlineData("s3:PutObjectTagging", "manifest.json", false)]
    public async Task The_role_renews_the_mirror_of_the_definitions(string action, string key, bool may)
    {
        var stack = await account.SpotAsync;

        (await stack.RolePolicyAsync(Cancellation)).Allows(action, $"arn:aws:s3:::{stack["DefinitionsBucket"]}/{key}").ShouldBe(may);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_role_uses_the_keys_that_are_named_and_no_others()
    {
        var keys = await (await account.PrivateAsync).RolePolicyAsync(Cancellation);
        var none = await (await account.SmallAsync).RolePolicyAsync(Cancellation);

        foreach (var key in (string[])["1", "2"])
        {
            var arn = $"arn:aws:kms:eu-west-1:{Account.Id}:key/00000000-0000-0000-0000-00000000000{key}";
            keys.Allows("kms:Decrypt", arn).ShouldBeTrue();
            keys.Allows("kms:GenerateDataKey", arn).ShouldBeTrue();
            none.Allows("kms:Decrypt", arn).ShouldBeFalse();
        }
        keys.Allows("kms:Decrypt", $"arn:aws:kms:eu-west-1:{Account.Id}:key/another").ShouldBeFalse();
    }

    [Fact(Timeout = 120_000)]
    public async Task Instances_get_the_role_by_their_profile()
    {
        var stack = await account.SmallAsync;

        var profile = (await stack.AskAsync(Cancellation, "iam", "get-instance-profile", "--instance-profile-name", stack["InstanceProfile"]))
            .GetProperty("InstanceProfile");

        profile.GetProperty("Roles")[0].Text("Arn").ShouldBe(stack.Outputs["RoleArn"]);
        (await stack.LaunchDataAsync(Cancellation)).GetProperty("IamInstanceProfile").Text("Arn").ShouldBe(profile.Text("Arn"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_shell_is_there_only_for_who_asks_for_it()
    {
        (await ManagedAsync(await account.PrivateAsync)).ShouldBe(["AmazonSSMManagedInstanceCore"]);
        (await ManagedAsync(await account.SmallAsync)).ShouldBeEmpty();
    }

    private static async Task<string[]> ManagedAsync(CreatedStack stack)
    {
        var all = await stack.AskAsync(Cancellation, "iam", "list-attached-role-policies", "--role-name", stack["InstanceRole"]);
        return [.. all.GetProperty("AttachedPolicies").EnumerateArray().Select(policy => policy.Text("PolicyName"))];
    }
}
