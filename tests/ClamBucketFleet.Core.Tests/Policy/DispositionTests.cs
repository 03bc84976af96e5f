using ClamBucketFleet.Core.Tests.Fakes;
using ClamBucketFleet.Options;
using ClamBucketFleet.Policy;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Policy;

public sealed class DispositionTests
{
    private static readonly BucketPolicy Base = Some.Options().Policy with
    {
        Quarantine = new Destination("jail", "infected/"),
        CleanDestination = new Destination("good", "clean/"),
    };

    [Theory]
    [InlineData(InfectedAction.Delete, false, "DELETE", null)]
    [InlineData(InfectedAction.Delete, true, "DELETE", null)]
    [InlineData(InfectedAction.Quarantine, false, "QUARANTINE", "s3://jail/infected/bucket/a/b")]
    [InlineData(InfectedAction.Quarantine, true, "NONE", null)]
    [InlineData(InfectedAction.Tag, false, "TAG", null)]
    [InlineData(InfectedAction.Tag, true, "TAG", null)]
    [InlineData(InfectedAction.None, false, "NONE", null)]
    public void An_infected_object(InfectedAction action, bool hasArrived, string word, string? destination) =>
        Check(Of(new Infected(["Eicar"]), Base with { Infected = action }, hasArrived), word, destination);

    [Theory]
    [InlineData(CleanAction.None, false, "NONE", null)]
    [InlineData(CleanAction.Tag, false, "TAG", null)]
    [InlineData(CleanAction.Tag, true, "TAG", null)]
    [InlineData(CleanAction.Move, false, "MOVE", "s3://good/clean/a/b")]
    [InlineData(CleanAction.Move, true, "NONE", null)]
    public void A_clean_object(CleanAction action, bool hasArrived, string word, string? destination) =>
        Check(Of(EngineAnswer.NothingFound(5, 5), Base with { Clean = action }, hasArrived), word, destination);

    [Theory]
    [InlineData(UnscannableAction.None, UnscannableReason.Timeout, false, "NONE", null)]
    [InlineData(UnscannableAction.Tag, UnscannableReason.Archived, false, "TAG", null)]
    [InlineData(UnscannableAction.Quarantine, UnscannableReason.TooLarge, false, "QUARANTINE", "s3://jail/infected/bucket/a/b")]
    [InlineData(UnscannableAction.Quarantine, UnscannableReason.Encrypted, true, "NONE", null)]
    [InlineData(UnscannableAction.Quarantine, UnscannableReason.Archived, false, "NONE", null)]
    [InlineData(UnscannableAction.Quarantine, UnscannableReason.NotReadable, false, "NONE", null)]
    public void An_unscannable_object(
        UnscannableAction action, UnscannableReason reason, bool hasArrived, string word, string? destination) =>
        Check(Of(new Unscannable(reason), Base with { Unscannable = action }, hasArrived), word, destination);

    [Theory]
    [InlineData(SkipReason.Gone)]
    [InlineData(SkipReason.Superseded)]
    [InlineData(SkipReason.Filtered)]
    [InlineData(SkipReason.OwnCopy)]
    public void Nothing_is_done_about_what_was_skipped(SkipReason reason)
    {
        var policy = Base with { Infected = InfectedAction.Delete, Clean = CleanAction.Move, Unscannable = UnscannableAction.Quarantine };

        Check(Of(new Skipped(reason), policy, false), "NONE", null);
    }

    [Fact]
    public void Only_what_is_copied_or_deleted_goes()
    {
        Of(new Infected(["x"]), Base with { Infected = InfectedAction.Tag }).Deletes.ShouldBeFalse();
        Of(new Infected(["x"]), Base with { Infected = InfectedAction.None }).Deletes.ShouldBeFalse();
        Of(new Infected(["x"]), Base with { Infected = InfectedAction.Quarantine }).Deletes.ShouldBeTrue();
        Of(EngineAnswer.NothingFound(0, 0), Base with { Clean = CleanAction.Move }).Deletes.ShouldBeTrue();
    }

    [Fact]
    public void The_status_comes_before_the_signature_and_the_time() =>
        Of(new Infected(["Eicar", "Other"]), Base with { Infected = InfectedAction.Tag }).Tags.ShouldBe([
            new ObjectTag("av-status", "INFECTED"),
            new ObjectTag("av-signature", "Eicar Other"),
            new ObjectTag("av-timestamp", "2026-01-01T00:00:00Z"),
        ]);

    [Fact]
    public void Tags_have_the_keys_and_values_of_the_bucket()
    {
        var tags = Base.Tags with { StatusKey = "scan", TimestampKey = "when", Clean = "fine", Error = "broken" };

        Of(EngineAnswer.NothingFound(0, 0), Base with { Clean = CleanAction.Tag, Tags = tags }).Tags
            .ShouldBe([new ObjectTag("scan", "fine"), new ObjectTag("when", "2026-01-01T00:00:00Z")]);
        Disposition.ErrorTags(tags, Some.Now).ShouldBe([new ObjectTag("scan", "broken"), new ObjectTag("when", "2026-01-01T00:00:00Z")]);
    }

    [Fact]
    public void A_signature_becomes_a_value_that_S3_takes()
    {
        SignatureTag("Evil<\n\u202e>{Name}😀,1").ShouldBe("Evil_____Name____1");
        SignatureTag(new string('a', 300)).Length.ShouldBe(256);
    }

    [Fact]
    public void Nothing_in_a_key_escapes_the_quarantine()
    {
        var content = Some.Identity("../../etc\n/passwd");

        Disposition.Of(new Infected(["x"]), content, Base with { Infected = InfectedAction.Quarantine }, false, Some.Now).Destination
            .ShouldBe(new ObjectLocation("jail", "infected/bucket/../../etc\n/passwd"));
    }

    private static string SignatureTag(string name) =>
        Of(new Infected([name]), Base with { Infected = InfectedAction.Tag }).Tags.Single(t => t.Key == "av-signature").Value;

    private static Disposition Of(Verdict verdict, BucketPolicy policy, bool hasArrived = false) =>
        Disposition.Of(verdict, Some.Identity("a/b"), policy, hasArrived, Some.Now);

    private static void Check(Disposition disposition, string word, string? destination)
    {
        disposition.ActionWord.ShouldBe(word);
        (disposition.Destination?.ToString()).ShouldBe(destination);
    }
}
