using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Options;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Options;

public sealed class SettingsTests
{
    private static readonly (string Key, string? Default)[] Table =
    [
        ("Queue:Url", null),
        ("Queue:DeadLetterUrl", null),
        ("Queue:WaitTime", "20s"),
        ("Queue:VisibilityTimeout", "2m"),
        ("Scan:Engine", "auto"),
        ("Scan:ClamdAddress", "/run/clamav/clamd.ctl"),
        ("Scan:ClamscanPath", "clamscan"),
        ("Scan:ClamscanWait", "5s"),
        ("Scan:DatabaseDirectory", "/var/lib/clamav"),
        ("Scan:Concurrency", "0"),
        ("Scan:MaxObjectSize", "2147483647"),
        ("Scan:LargeObjects", "skip"),
        ("Scan:Timeout", "10m"),
        ("Scan:SpoolDirectory", "/var/lib/clambucketfleet/spool"),
        ("Scan:SpoolLimit", "0"),
        ("Scan:MaxDefinitionsAge", "2d"),
        ("Scan:SelfTest", "true"),
        ("Filter:Include", null),
        ("Filter:Exclude", null),
        ("Infected:Action", "delete"),
        ("Clean:Action", "none"),
        ("Unscannable:Action", "none"),
        ("Quarantine:Bucket", null),
        ("Quarantine:Prefix", ""),
        ("Clean:Bucket", null),
        ("Clean:Prefix", ""),
        ("Tags:StatusKey", "av-status"),
        ("Tags:TimestampKey", "av-timestamp"),
        ("Tags:SignatureKey", "av-signature"),
        ("Tags:Clean", "CLEAN"),
        ("Tags:Infected", "INFECTED"),
        ("Tags:Unscannable", "UNSCANNABLE"),
        ("Tags:Error", "PROCESSING_ERROR"),
        ("Alerts:TopicArn", null),
        ("Alerts:Publish", "infected,unscannable,error"),
        ("Aws:Region", null),
        ("Aws:AssumeRoleArn", null),
        ("Definitions:Bucket", null),
        ("Definitions:Prefix", ""),
        ("Fleet:Drain", "100s"),
        ("Log:Level", "Information"),
        ("Log:Directory", "/var/log/clambucketfleet"),
    ];

    [Fact]
    public void Every_key_has_the_default_that_its_users_were_told()
    {
        var known = Settings.All.Select(s => (s.Key, s.DefaultText));

        known.ShouldBe(Table, ignoreOrder: true);
    }

    [Fact]
    public void Every_default_is_allowed()
    {
        var options = Some.Options();

        options.Queue.ShouldBe(new QueueOptions(null, null, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(2)));
        options.Scan.MaxObjectSize.ShouldBe(int.MaxValue);
        options.Scan.Timeout.ShouldBe(TimeSpan.FromMinutes(10));
        options.Scan.MaxDefinitionsAge.ShouldBe(TimeSpan.FromDays(2));
        options.Scan.Engine.ShouldBe(EngineKind.Auto);
        options.Scan.SelfTest.ShouldBeTrue();
        options.Filter.Include.ShouldBeEmpty();
        options.Filter.Exclude.ShouldBeEmpty();
        options.Policy.ShouldBe(new BucketPolicy(
            InfectedAction.Delete, CleanAction.None, UnscannableAction.None, new Destination(null, ""), new Destination(null, ""),
            new TagOptions("av-status", "av-timestamp", "av-signature", "CLEAN", "INFECTED", "UNSCANNABLE", "PROCESSING_ERROR")));
        options.Alerts.Publish.ShouldBe(["INFECTED", "UNSCANNABLE", "PROCESSING_ERROR"], ignoreOrder: true);
        options.Drain.ShouldBe(TimeSpan.FromSeconds(100));
        options.Log.ShouldBe(new LogOptions(LogThreshold.Information, "/var/log/clambucketfleet"));
    }

    [Fact]
    public void No_key_stands_twice() =>
        Settings.All.Select(s => s.Key).ShouldBeUnique();

    [Fact]
    public void A_bucket_may_have_what_the_contract_lets_it_have() =>
        Settings.PerBucket.Select(s => s.Key.Split(':')[0]).Distinct()
            .ShouldBe(["Infected", "Clean", "Unscannable", "Quarantine", "Tags"], ignoreOrder: true);
}
