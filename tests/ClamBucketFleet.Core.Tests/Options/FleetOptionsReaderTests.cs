using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Options;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Options;

public sealed class FleetOptionsReaderTests
{
    [Fact]
    public void All_errors_are_reported_together_with_key_value_and_what_is_allowed()
    {
        var lines = Errors(
            ("Scan:Timeout", "ten minutes"),
            ("Scan:Concurrency", "-1"),
            ("Infected:Action", "destroy"),
            ("Queue:WaitTime", "21s"),
            ("Queue:Url", "queue"),
            ("Scan:Timeuot", "5m"));

        lines.Length.ShouldBe(6);
        lines.ShouldContain("Scan:Timeout is 'ten minutes': allowed is a duration such as 500ms, 30s, 10m, 3h or 1d, from 1ms to 11h.");
        lines.ShouldContain("Scan:Concurrency is '-1': allowed is a whole number from 0 to 1000.");
        lines.ShouldContain("Infected:Action is 'destroy': allowed is delete, quarantine, tag, none.");
        lines.ShouldContain(line => line.StartsWith("Queue:WaitTime is '21s'", StringComparison.Ordinal) && line.Contains("0s to 20s", StringComparison.Ordinal));
        lines.ShouldContain("Queue:Url is 'queue': allowed is an http or https URL.");
        lines.ShouldContain("Scan:Timeuot is '5m': there is no such key. Did you mean Scan:Timeout?");
    }

    [Fact]
    public void An_unknown_key_far_from_all_others_is_an_error_without_a_guess() =>
        Errors(("Completely:Different", "x")).Single()
            .ShouldBe("Completely:Different is 'x': there is no such key. The README's table has them all.");

    [Fact]
    public void A_file_may_name_its_schema_but_only_on_top()
    {
        Errors(("$schema", "clambucketfleet.schema.json"), ("Queue:Url", "queue")).Length.ShouldBe(1);
        Errors(("Queue:$schema", "x")).Single().ShouldStartWith("Queue:$schema is 'x': there is no such key.");
    }

    [Fact]
    public void A_key_that_no_bucket_has_of_its_own_is_unknown_there() =>
        Errors(("Buckets:photos:Scan:Timeout", "5m")).Single().ShouldStartWith("Buckets:photos:Scan:Timeout is '5m': there is no such key.");

    [Fact]
    public void Hostile_text_in_a_value_is_escaped() =>
        Errors(("Scan:Engine", "cl\u001bamd")).Single().ShouldContain(@"cl\u001bamd");

    [Fact]
    public void The_value_is_shown_as_it_stands_with_its_spaces() =>
        Errors(("Scan:Timeout", " 5m")).Single().ShouldStartWith("Scan:Timeout is ' 5m':");

    [Fact]
    public void The_queue_is_required_only_of_who_needs_it()
    {
        Some.Options().Queue.Url.ShouldBeNull();
        Should.Throw<FatalConfigurationException>(() => FleetOptionsReader.Read(Some.Configuration(), queueIsRequired: true))
            .Message.ShouldContain("Queue:Url is not set");
    }

    [Fact]
    public void Case_of_keys_and_words_does_not_count()
    {
        var options = Some.Options(("SCAN:TIMEOUT", "5m"), ("infected:action", "TAG"), ("scan:selftest", "False"));

        options.Scan.Timeout.ShouldBe(TimeSpan.FromMinutes(5));
        options.Policy.Infected.ShouldBe(InfectedAction.Tag);
        options.Scan.SelfTest.ShouldBeFalse();
    }

    [Fact]
    public void A_setting_comes_from_the_environment()
    {
        Environment.SetEnvironmentVariable("CORETESTS_Scan__Timeout", "7m");
        Environment.SetEnvironmentVariable("CORETESTS_BUCKETS__photos__INFECTED__ACTION", "none");
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("CORETESTS_").Build();

        var options = FleetOptionsReader.Read(configuration, queueIsRequired: false);

        options.Scan.Timeout.ShouldBe(TimeSpan.FromMinutes(7));
        options.PolicyFor("photos").Infected.ShouldBe(InfectedAction.None);
    }

    [Fact]
    public void A_null_in_a_file_is_as_if_it_were_not_there() =>
        Read("""{"Scan":{"Timeout":null},"Buckets":{}}""").Scan.Timeout.ShouldBe(TimeSpan.FromMinutes(10));

    private static FleetOptions Read(string json) => FleetOptionsReader.Read(Some.Json(json), queueIsRequired: false);

    private static string[] Errors(params (string, string?)[] settings) =>
        Should.Throw<FatalConfigurationException>(() => Some.Options(settings)).Message.Split('\n');
}
