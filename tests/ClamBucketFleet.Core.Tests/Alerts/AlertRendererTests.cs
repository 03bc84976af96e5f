using System.Text.Json;
using ClamBucketFleet.Core.Tests.Messages;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Core.Tests.Alerts;

public sealed class AlertRendererTests
{
    private const string Hostile = "a\nStatus: CLEAN\r\u001b[2J\u202egnp.\u0007exe";

    [Fact]
    public void The_JSON_has_the_names_and_the_order_of_the_contract() =>
        AlertRenderer.Json(SomeAlert.Full).ShouldBe(
            """
            {"schema":1,"id":"abc","time":"2026-11-21T18:30:00Z",
            "status":"INFECTED","action":"QUARANTINE","error":null,
            "bucket":"b","key":"k","versionId":null,"eTag":"etag","size":68,"sha256":"5d41",
            "signatures":["Eicar-Test-Signature"],"reason":null,"destination":"s3://q/infected/b/k",
            "engine":"ClamAV 1.4.6","definitions":{"version":"27800","published":"2026-11-21T09:00:00Z"},
            "instance":"i-0abc","receiveCount":1,"seconds":{"queued":1.2,"download":0.03,"scan":0.01}}
            """.Replace("\n", "", StringComparison.Ordinal));

    [Fact]
    public void What_is_not_known_is_null_and_never_left_out()
    {
        using var json = JsonDocument.Parse(AlertRenderer.Json(SomeAlert.Empty));

        json.RootElement.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Null).Select(p => p.Name).ShouldBe([
            "error", "versionId", "eTag", "size", "sha256", "reason", "destination", "engine", "definitions", "instance",
            "receiveCount",
        ]);
        json.RootElement.GetProperty("signatures").GetArrayLength().ShouldBe(0);
        json.RootElement.GetProperty("seconds").GetRawText().ShouldBe("""{"queued":null,"download":null,"scan":null}""");
    }

    [Fact]
    public void Any_key_comes_back_from_the_JSON() =>
        Prop.ForAll(Generators.Keys, key =>
        {
            using var json = JsonDocument.Parse(AlertRenderer.Json(SomeAlert.Full with { Key = key }));
            return json.RootElement.GetProperty("key").GetString() == key;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_subject_is_printable_ASCII_of_at_most_100_for_any_key() =>
        Prop.ForAll(Generators.Utf16, key =>
            AlertRenderer.Subject(SomeAlert.Full with { Key = key }) is { Length: > 0 and <= 100 } subject
            && subject.All(c => c is >= ' ' and <= '~')
            && char.IsAsciiLetterOrDigit(subject[0])).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void A_long_subject_says_that_it_was_cut() =>
        AlertRenderer.Subject(SomeAlert.Full with { Key = new string('k', 1024) }).ShouldEndWith("kkk...");

    [Theory]
    [InlineData("INFECTED", "DELETE", "INFECTED, deleted: b/k")]
    [InlineData("INFECTED", "QUARANTINE", "INFECTED, quarantined: b/k")]
    [InlineData("INFECTED", "TAG", "INFECTED, tagged: b/k")]
    [InlineData("INFECTED", "NONE", "INFECTED, left in place: b/k")]
    [InlineData("INFECTED", "FAILED", "INFECTED, ACTION FAILED: b/k")]
    [InlineData("UNSCANNABLE", "NONE", "UNSCANNABLE: b/k")]
    [InlineData("PROCESSING_ERROR", "NONE", "Not scanned: b/k")]
    public void The_subject_says_what_happened(string status, string action, string subject)
    {
        var alert = SomeAlert.Full with { Status = status, Action = action };

        AlertRenderer.Subject(alert).ShouldBe(subject);
        AlertRenderer.Sms(alert).ShouldBe(subject);
    }

    [Fact]
    public void A_hostile_key_forges_no_line_of_the_text()
    {
        var lines = AlertRenderer.Text(SomeAlert.Full with { Key = Hostile }).Split('\n');

        lines.Count(line => line.StartsWith("Status:", StringComparison.Ordinal)).ShouldBe(1);
        lines.ShouldContain(@"Key:         a\u000aStatus: CLEAN\u000d\u001b[2J\u202egnp.\u0007exe");
    }

    [Fact]
    public void Nobody_elses_words_reach_the_text_unescaped()
    {
        var alert = SomeAlert.Full with
        {
            Bucket = Hostile,
            Key = Hostile,
            VersionId = Hostile,
            ETag = Hostile,
            Signatures = [Hostile],
            Error = Hostile,
            Destination = Hostile,
            Engine = Hostile,
            Reason = Hostile,
            Instance = Hostile,
        };

        AlertRenderer.Text(alert).Replace("\n", "", StringComparison.Ordinal).ShouldAllBe(c => !char.IsControl(c) && c != '\u202e');
        AlertRenderer.Sms(alert).ShouldAllBe(c => !char.IsControl(c) && c != '\u202e');
    }

    [Fact]
    public void The_text_has_what_people_need()
    {
        var text = AlertRenderer.Text(SomeAlert.Full);

        text.ShouldStartWith("An infected object was found. It was copied to quarantine");
        text.ShouldContain("Found:       Eicar-Test-Signature\n");
        text.ShouldContain("Copy:        s3://q/infected/b/k\n");
        text.ShouldContain("Definitions: 27800 of 2026-11-21T09:00:00Z\n");
        text.ShouldNotContain("Error:");
    }

    [Fact]
    public void A_line_for_a_phone_is_whole_Unicode_of_at_most_140_for_any_key() =>
        Prop.ForAll(Gen.Choose(0, 140).ToArbitrary(), length =>
            AlertRenderer.Sms(SomeAlert.Full with { Key = new string('a', length) + string.Concat(Enumerable.Repeat("😀", 100)) })
                is { Length: <= 140 } sms
            && sms.EnumerateRunes().All(rune => rune.Value != 0xFFFD)).QuickCheckThrowOnFailure();
}
