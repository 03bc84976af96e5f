using System.Text.Json;
using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Options;

public sealed class CurrentOptionsTests
{
    private static readonly Dictionary<string, string> Others = new()
    {
        ["Queue:Url"] = "https://sqs.example/1/other",
        ["Queue:DeadLetterUrl"] = "https://sqs.example/1/dead",
        ["Queue:WaitTime"] = "1s",
        ["Queue:VisibilityTimeout"] = "3m",
        ["Scan:Engine"] = "clamd",
        ["Scan:ClamdAddress"] = "/other.sock",
        ["Scan:ClamscanPath"] = "/other",
        ["Scan:ClamscanWait"] = "1s",
        ["Scan:DatabaseDirectory"] = "/other",
        ["Scan:Concurrency"] = "3",
        ["Scan:MaxObjectSize"] = "1MiB",
        ["Scan:LargeObjects"] = "inspect",
        ["Scan:Timeout"] = "1m",
        ["Scan:SpoolDirectory"] = "/other",
        ["Scan:SpoolLimit"] = "1MiB",
        ["Scan:MaxDefinitionsAge"] = "3d",
        ["Scan:SelfTest"] = "false",
        ["Filter:Include"] = "a/**",
        ["Filter:Exclude"] = "b/**",
        ["Infected:Action"] = "tag",
        ["Clean:Action"] = "tag",
        ["Unscannable:Action"] = "tag",
        ["Quarantine:Bucket"] = "jail",
        ["Quarantine:Prefix"] = "q/",
        ["Clean:Bucket"] = "good",
        ["Clean:Prefix"] = "c/",
        ["Tags:StatusKey"] = "other-status",
        ["Tags:TimestampKey"] = "other-timestamp",
        ["Tags:SignatureKey"] = "other-signature",
        ["Tags:Clean"] = "other",
        ["Tags:Infected"] = "other",
        ["Tags:Unscannable"] = "other",
        ["Tags:Error"] = "other",
        ["Alerts:TopicArn"] = "arn:aws:sns:eu-west-1:123456789012:other",
        ["Alerts:Publish"] = "all",
        ["Aws:Region"] = "eu-west-2",
        ["Aws:AssumeRoleArn"] = "arn:aws:iam::123456789012:role/other",
        ["Definitions:Bucket"] = "mirror",
        ["Definitions:Prefix"] = "m/",
        ["Fleet:Drain"] = "5s",
        ["Log:Level"] = "Debug",
        ["Log:Directory"] = "/other",
    };

    public static TheoryData<string> Keys => [.. Settings.All.Select(setting => setting.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_new_value_holds_or_is_said_to_need_a_restart(string key)
    {
        var before = Some.Options();
        var wanted = Some.Options((key, Others[key]));
        var current = new CurrentOptions(before, TimeProvider.System);

        var change = current.Replace(wanted);

        var needsRestart = Settings.NeedRestart.Any(setting => setting.Key == key);
        (needsRestart ? change.NeedRestart : change.Changed).ShouldBe([key]);
        (needsRestart ? change.Changed : change.NeedRestart).ShouldBeEmpty();
        Text(wanted).ShouldNotBe(Text(before));
        Text(current.Value).ShouldBe(Text(needsRestart ? before : wanted));
    }

    [Fact]
    public void What_needs_a_restart_is_said_at_every_reload_and_no_more_when_it_is_taken_back()
    {
        var current = new CurrentOptions(Some.Options(), TimeProvider.System);
        for (var i = 0; i < 2; i++)
            current.Replace(Some.Options(("Scan:Engine", "clamd"), ("Clean:Action", "tag"))).NeedRestart.ShouldBe(["Scan:Engine"]);

        var last = current.Replace(Some.Options());

        last.NeedRestart.ShouldBeEmpty();
        last.Changed.ShouldBe(["Clean:Action"]);
    }

    [Fact]
    public void The_same_in_other_words_is_no_difference() =>
        new CurrentOptions(Some.Options(("Queue:VisibilityTimeout", "2m")), TimeProvider.System)
            .Replace(Some.Options(("Queue:VisibilityTimeout", "120s")))
            .NeedRestart.ShouldBeEmpty();

    [Fact]
    public void One_buckets_own_keys_come_and_go()
    {
        var current = new CurrentOptions(Some.Options(), TimeProvider.System);

        current.Replace(Some.Options(("Buckets:b:Infected:Action", "tag"))).Changed.ShouldBe(["Buckets:b:Infected:Action"]);
        current.Value.PolicyFor("b").Infected.ShouldBe(InfectedAction.Tag);

        current.Replace(Some.Options()).Changed.ShouldBe(["Buckets:b:Infected:Action"]);
        current.Value.PolicyFor("b").Infected.ShouldBe(InfectedAction.Delete);
    }

    [Fact]
    public void It_knows_since_when_it_holds()
    {
        var clock = new ManualTimeProvider(Some.Now);
        var current = new CurrentOptions(Some.Options(), clock);
        current.Since.ShouldBe(Some.Now);

        clock.Advance(TimeSpan.FromHours(1));
        current.Replace(Some.Options());

        current.Since.ShouldBe(Some.Now + TimeSpan.FromHours(1));
    }

    private static string Text(FleetOptions options) =>
        JsonSerializer.Serialize(options with { Values = new Dictionary<string, object>() });
}
