using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Options;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Options;

public sealed class BucketPolicyTests
{
    [Fact]
    public void A_bucket_inherits_what_it_does_not_say_itself()
    {
        var options = Some.Options(
            ("Infected:Action", "quarantine"),
            ("Quarantine:Bucket", "jail"),
            ("Quarantine:Prefix", "infected/"),
            ("Tags:StatusKey", "scan"),
            ("Buckets:photos:Quarantine:Prefix", "photos/"),
            ("Buckets:photos:Tags:Clean", "OK"));

        options.PolicyFor("photos").ShouldBe(options.Policy with
        {
            Quarantine = new Destination("jail", "photos/"),
            Tags = options.Policy.Tags with { Clean = "OK" },
        });
        options.PolicyFor("other").ShouldBe(options.Policy);
    }

    [Fact]
    public void A_buckets_own_policy_holds_in_whatever_case_the_environment_writes_its_name() =>
        Some.Options(("BUCKETS:PHOTOS:INFECTED:ACTION", "none")).PolicyFor("photos").Infected.ShouldBe(InfectedAction.None);

    [Fact]
    public void An_error_in_a_bucket_names_the_bucket() =>
        Error(("Buckets:photos:Clean:Action", "delete")).ShouldBe("Buckets:photos:Clean:Action is 'delete': allowed is none, tag, move.");

    [Theory]
    [InlineData("Infected:Action", "quarantine", "Quarantine:Bucket")]
    [InlineData("Unscannable:Action", "quarantine", "Quarantine:Bucket")]
    [InlineData("Clean:Action", "move", "Clean:Bucket")]
    public void A_copy_needs_a_place(string action, string value, string needed)
    {
        Error((action, value)).ShouldBe($"{action} is '{value}' and {needed} is not set: name the bucket, or choose another action.");
        Error(($"Buckets:photos:{action}", value)).ShouldContain($"Buckets:photos:{needed} is not set");
    }

    [Fact]
    public void Clean_and_infected_objects_need_two_places() =>
        Error(("Quarantine:Bucket", "place"), ("Clean:Bucket", "place")).ShouldContain("name the same place");

    [Fact]
    public void The_place_for_clean_objects_cannot_lie_within_the_quarantine() =>
        Error(
            ("Infected:Action", "quarantine"), ("Quarantine:Bucket", "place"),
            ("Clean:Action", "move"), ("Clean:Bucket", "place"), ("Clean:Prefix", "clean/")).ShouldContain("Clean:Prefix");

    [Fact]
    public void The_quarantine_may_lie_beside_the_place_for_clean_objects() =>
        Some.Options(
            ("Infected:Action", "quarantine"), ("Quarantine:Bucket", "place"), ("Quarantine:Prefix", "infected/"),
            ("Clean:Action", "move"), ("Clean:Bucket", "place"), ("Clean:Prefix", "clean/")).Policy.Clean.ShouldBe(CleanAction.Move);

    [Fact]
    public void A_bucket_cannot_be_its_own_quarantine() =>
        Error(("Buckets:photos:Infected:Action", "quarantine"), ("Buckets:photos:Quarantine:Bucket", "photos"))
            .ShouldContain("is the bucket itself");

    [Fact]
    public void Tag_keys_must_differ() => Error(("Tags:StatusKey", "av-timestamp")).ShouldContain("they must differ");

    [Theory]
    [InlineData("0")]
    [InlineData("2GiB")]
    public void An_object_is_at_most_what_the_engine_reads(string size) =>
        Error(("Scan:MaxObjectSize", size)).ShouldContain("allowed is 1 to 2147483647");

    [Theory]
    [InlineData("Tags:StatusKey", "aws:status")]
    [InlineData("Tags:Clean", "no<angles>")]
    [InlineData("Alerts:TopicArn", "arn:aws:sqs:eu-west-1:123456789012:queue")]
    [InlineData("Aws:AssumeRoleArn", "role")]
    [InlineData("Quarantine:Bucket", "s3://jail")]
    [InlineData("Quarantine:Prefix", "/infected")]
    [InlineData("Scan:ClamdAddress", "tcp://host")]
    [InlineData("Scan:ClamdAddress", "localhost:3310")]
    [InlineData("Log:Directory", "logs")]
    [InlineData("Log:Level", "Verbose")]
    [InlineData("Aws:Region", "Ireland")]
    public void An_impossible_value_is_refused(string key, string value) => Error((key, value)).ShouldStartWith($"{key} is '{value}'");

    private static string Error(params (string, string?)[] settings) =>
        Should.Throw<FatalConfigurationException>(() => Some.Options(settings)).Message;
}
