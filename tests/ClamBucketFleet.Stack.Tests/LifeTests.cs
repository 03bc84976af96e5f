using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

/// <summary>Updates and the end of a stack.</summary>
public sealed class LifeTests(Account account)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_new_image_is_a_new_version_that_the_same_group_uses()
    {
        var parameters = account.Example("small-and-cheap");
        parameters.Remove("AlertEmail");
        var before = await account.CreateAsync("updated", parameters, Cancellation);

        parameters["ImageId"] = "ami-00000000000000001";
        parameters["AlertEmail"] = "late@example.com";
        parameters["MaxInstances"] = "7";
        var result = await account.CallAsync("update-stack", "updated", CreatedStack.Template, parameters, Cancellation);
        var after = await CreatedStack.ReadAsync(account, "updated", Cancellation);

        result.ExitCode.ShouldBe(0, result.Error);
        (await after.LaunchDataAsync(Cancellation)).Text("ImageId").ShouldBe("ami-00000000000000001");
        after["Group"].ShouldBe(before["Group"]);
        (await after.GroupAsync(Cancellation)).Text("MaxSize").ShouldBe("7");
        after["ScanQueue"].ShouldBe(before["ScanQueue"]);
        (before.Has("FindingsEmail"), after.Has("FindingsEmail")).ShouldBe((false, true));
    }

    [Fact(Timeout = 120_000)]
    public async Task Nothing_of_a_deleted_stack_is_left_but_quarantine_and_definitions()
    {
        var stack = await account.CreateAsync("leaving", account.Example("spot-fleet"), Cancellation);
        (await EverythingAsync("leaving")).Length.ShouldBeGreaterThan(15);

        (await account.Aws.RunAsync(Cancellation, "cloudformation", "delete-stack", "--stack-name", "leaving")).ExitCode.ShouldBe(0);

        (await EverythingAsync("leaving")).ShouldBe([stack["DefinitionsBucket"], stack["QuarantineBucket"]], ignoreOrder: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_resource_that_nobody_knows_fails_the_stack()
    {
        using var directory = new TestKit.TemporaryDirectory();
        var template = Path.Combine(directory.Path, "unknown.yaml");
        await File.WriteAllTextAsync(template, "Resources: {Nothing: {Type: AWS::Nowhere::Thing}}", Cancellation);

        var result = await account.CallAsync("create-stack", "unknown", template, [], Cancellation);

        result.Error.ShouldContain("Unrecognized resource types: [AWS::Nowhere::Thing]");
    }

    /// <summary>All that a listing shows with the stack's name in it.</summary>
    private async Task<string[]> EverythingAsync(string stack)
    {
        string[] listings =
        [
            "sqs list-queues", "sns list-topics", "sns list-subscriptions", "s3api list-buckets", "iam list-roles",
            "iam list-instance-profiles", "ec2 describe-security-groups", "ec2 describe-launch-templates", """ec2 describe-instances --filters [{"Name":"instance-state-name","Values":["pending","running","stopping"]}]""",
            "autoscaling describe-auto-scaling-groups", "autoscaling describe-policies", "cloudwatch describe-alarms",
            "cloudwatch list-dashboards", "logs describe-log-groups",
        ];
        var found = new List<string>();
        foreach (var listing in listings)
        {
            var text = (await account.Aws.AskAsync(Cancellation, listing.Split(' '))).ToString();
            found.AddRange(System.Text.RegularExpressions.Regex.Matches(text, $"\"{stack}-[^\"]*\"|[:/]{stack}-[^\":/]*\"|\"{stack}\"")
                .Select(match => match.Value.Trim('"', ':', '/')));
        }
        return [.. found.Distinct()];
    }
}
