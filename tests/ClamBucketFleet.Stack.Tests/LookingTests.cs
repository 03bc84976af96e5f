using System.Text.Json;
using ClamBucketFleet.Pipeline;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Stack.Tests;

public sealed class LookingTests(Account account)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Log_lines_stay_for_the_days_asked_for()
    {
        var stack = await account.SmallAsync;

        var groups = await stack.AskAsync(Cancellation, "logs", "describe-log-groups", "--log-group-name-prefix", stack["LogGroup"]);

        groups.GetProperty("logGroups")[0].Text("retentionInDays").ShouldBe("14");
        stack.Outputs["LogGroupName"].ShouldBe(stack["LogGroup"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_dashboard_shows_queue_group_metrics_and_findings_of_its_stack()
    {
        var stack = await account.SmallAsync;

        var answer = await stack.AskAsync(Cancellation, "cloudwatch", "get-dashboard", "--dashboard-name", stack["Dashboard"]);
        var body = answer.Text("DashboardBody");
        var widgets = JsonElement.Parse(body).GetProperty("widgets");

        widgets.EnumerateArray().Select(widget => widget.Text("type")).Distinct().ShouldBe(["alarm", "metric", "log"], ignoreOrder: true);
        widgets[0].GetProperty("properties").GetProperty("alarms").Texts().Select(arn => arn.Split(':')[^1]).ShouldBe(
            [stack["DeadLettersAlarm"], stack["OldestMessageAlarm"], stack["NotScanningAlarm"], stack["DefinitionsOldAlarm"], stack["FleetAtMaximumAlarm"]]);
        foreach (var part in (string[])["ScanQueue", "ScanQueueDLQ"]) body.ShouldContain($"\"{stack[part].Split('/')[^1]}\"");
        body.ShouldContain($"\"{stack["Group"]}\"");
        body.ShouldContain($"SOURCE '{stack["LogGroup"]}'");
        body.ShouldContain($"FROM \\\"ClamBucketFleet/{stack.Name}\\\" GROUP BY status");
        stack.Outputs["DashboardUrl"].ShouldEndWith($"name={stack["Dashboard"]}");
    }

    [Fact(Timeout = 120_000)]
    public async Task Every_metric_of_the_daemon_s_that_is_shown_is_one_that_it_sends()
    {
        var stack = await account.SmallAsync;
        var body = (await stack.AskAsync(Cancellation, "cloudwatch", "get-dashboard", "--dashboard-name", stack["Dashboard"])).Text("DashboardBody");
        var sent = File.ReadAllText(TestKit.Repository.Combine("src", "ClamBucketFleet.Core", "Pipeline", $"{nameof(FleetMetrics)}.cs"));

        var shown = System.Text.RegularExpressions.Regex.Matches(body, "clambucketfleet\\.[a-z_.]+").Select(match => match.Value).Distinct().ToArray();

        shown.Length.ShouldBe(3);
        shown.ShouldAllBe(name => sent.Contains($"\"{name}\"", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_command_of_the_outputs_connects_a_bucket()
    {
        var stack = await account.SpotAsync;
        await account.Moto.CreateBucketAsync("connected", versioned: false, Cancellation);
        var command = stack.Outputs["ConnectBucketCommand"].Replace("BUCKET", "connected", StringComparison.Ordinal);
        var (head, quoted) = (command.Split('\'')[0], command.Split('\'')[1]);

        var result = await account.Aws.RunAsync(Cancellation, [.. head.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..], quoted]);

        result.ExitCode.ShouldBe(0, result.Error);

        var notifications = await stack.AskAsync(Cancellation, "s3api", "get-bucket-notification-configuration", "--bucket", "connected");
        notifications.GetProperty("QueueConfigurations")[0].Text("QueueArn").ShouldBe(stack.Outputs["ScanQueueArn"]);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_command_to_try_it_uploads_the_test_file()
    {
        var encoded = (await account.SmallAsync).Outputs["TryItCommand"].Split(' ')[1];

        Convert.FromBase64String(encoded).ShouldBe(TestKit.Eicar.Bytes);
    }
}
