using System.Globalization;
using System.Text.Json.Nodes;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Aws.Tests.Definitions;

/// <summary>What somebody could write who can write to the bucket.</summary>
public sealed class HostileMirrorTests(MotoFixture moto)
{
    private const string Sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory(Timeout = 60_000)]
    [InlineData("../main.cvd")]
    [InlineData("/etc/main.cvd")]
    [InlineData("a/main.cvd")]
    [InlineData("..\\main.cvd")]
    [InlineData(".main.cvd")]
    [InlineData(".cvd")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("-x.cvd")]
    [InlineData("main\n.cvd")]
    [InlineData("main\0.cvd")]
    [InlineData("main\u202edvc.cvd")]
    [InlineData("main.cvd.sh")]
    [InlineData("main")]
    [InlineData("main.CVD")]
    [InlineData("freshclam.conf")]
    [InlineData("%200s.cvd")]
    public async Task A_name_that_is_no_plain_name_of_a_database_is_refused(string name)
    {
        if (name.StartsWith('%'))
            name = new string('x', 200) + ".cvd";
        (await RefuseAsync(manifest => manifest["files"]![0]!["name"] = name)).ShouldNotContain('\u202e');
    }

    [Theory(Timeout = 60_000)]
    [InlineData("-1")]
    [InlineData("4294967297")]
    [InlineData("9223372036854775808")]
    [InlineData("1.5")]
    [InlineData("\"1\"")]
    [InlineData("null")]
    public async Task A_size_that_no_file_has_is_refused(string size) =>
        await RefuseAsync(manifest => manifest["files"]![0]!["size"] = JsonNode.Parse(size));

    [Theory(Timeout = 60_000)]
    [InlineData("")]
    [InlineData("0123")]
    [InlineData("../../../../../../../../../../../../../../../../../../../../../..")]
    [InlineData("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg")]
    [InlineData(null)]
    public async Task A_hash_that_is_none_is_refused(string? sha256) =>
        await RefuseAsync(manifest => manifest["files"]![0]!["sha256"] = sha256);

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_is_there_twice_is_refused() =>
        (await RefuseAsync(manifest => manifest["files"]!.AsArray().Add(manifest["files"]![0]!.DeepClone())))
            .ShouldContain("'main.cvd' is there twice");

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_is_null_is_refused() =>
        await RefuseAsync(manifest => manifest["files"]!.AsArray().Add(null));

    [Fact(Timeout = 60_000)]
    public async Task A_manifest_without_files_is_refused() =>
        await RefuseAsync(manifest => manifest["files"]!.AsArray().Clear());

    [Fact(Timeout = 60_000)]
    public async Task A_time_before_all_files_is_refused() =>
        await RefuseAsync(manifest => manifest["files"]![0]!["modified"] = "0001-01-01T00:00:00Z");

    [Theory(Timeout = 60_000)]
    [InlineData("checked")]
    [InlineData("published")]
    [InlineData("modified")]
    public async Task A_time_to_come_is_refused(string member)
    {
        var now = TimeProvider.System.GetUtcNow();
        (await RefuseAsync(manifest => Of(manifest)[member] = now + TimeSpan.FromHours(25))).ShouldContain("of a time to come");

        using var bench = await MirrorBench.CreateAsync(moto);
        var near = Manifest();
        Of(near)[member] = now + TimeSpan.FromHours(23);
        await bench.PutAsync("manifest.json", near.ToJsonString());
        (await bench.NewInstance().Mirror.ReadAsync(Cancel)).Manifest.ShouldNotBeNull("clocks differ");

        JsonNode Of(JsonObject manifest) => member == "modified" ? manifest["files"]![0]! : manifest;
    }

    [Fact(Timeout = 60_000)]
    public async Task Nobody_is_left_alone_for_more_than_a_day_after_that_was_written()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await bench.PutAsync("lease.json", """
            {"schema":1,"holder":"x","id":"x","renewed":0,"givenBack":true,
             "stayAway":{"until":"9999-12-31T00:00:00Z","reason":"429"}}
            """);
        var mirror = bench.NewInstance().Mirror;
        var first = await mirror.ReadAsync(Cancel);
        bench.Service.Advance(TimeSpan.FromDays(1));
        var second = await mirror.ReadAsync(Cancel);

        (first.StayAway!.Until - first.Now).ShouldBe(TimeSpan.FromDays(1), TimeSpan.FromMinutes(1));
        second.StayAway!.Until.ShouldBe(first.StayAway.Until);
        second.StayAway.Until.ShouldBeLessThanOrEqualTo(second.Now);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_version_with_control_characters_is_refused() =>
        (await RefuseAsync(manifest => manifest["version"] = "\u001b[31m")).ShouldNotContain('\u001b');

    [Theory(Timeout = 60_000)]
    [InlineData("schema")]
    [InlineData("version")]
    [InlineData("checked")]
    [InlineData("files")]
    public async Task A_member_that_is_missing_is_missed(string member) =>
        await RefuseAsync(manifest => manifest.Remove(member));

    [Fact(Timeout = 60_000)]
    public async Task A_member_that_nobody_knows_is_refused() => await RefuseAsync(manifest => manifest["more"] = 1);

    [Fact(Timeout = 60_000)]
    public async Task A_manifest_of_a_later_schema_asks_for_an_upgrade()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await bench.PutAsync("manifest.json", """{"schema":2,"new":true}""");

        var failure = await Should.ThrowAsync<TryAgainException>(() => bench.NewInstance().Mirror.ReadAsync(Cancel));

        failure.Message.ShouldContain("schema 2");
        failure.Message.ShouldContain("Upgrade");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("lease.json", "no json")]
    [InlineData("lease.json", "null")]
    [InlineData("lease.json", """{"schema":1,"schema":1}""")]
    [InlineData("manifest.json", "[")]
    [InlineData("manifest.json", "")]
    [InlineData("manifest.json", "a megabyte and one")]
    public async Task What_is_no_text_of_the_programs_is_named(string key, string text)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await bench.PutAsync(key, text == "a megabyte and one" ? new string(' ', (1 << 20) + 1) : text);

        var failure = await Should.ThrowAsync<TryAgainException>(() => bench.NewInstance().Mirror.ReadAsync(Cancel));

        failure.Message.ShouldStartWith($"s3://{bench.Bucket}/mirror/{key} ");
        failure.Message.ShouldContain("emove");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_leader_that_cannot_read_the_manifest_gives_the_lease_back_and_changes_nothing()
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        await bench.PutAsync("manifest.json", """{"schema":2}""");

        await Should.ThrowAsync<TryAgainException>(() => bench.NewInstance().Mirror.TryLeaseAsync("tests", Cancel));

        ((int)(await bench.JsonAsync("manifest.json"))["schema"]!).ShouldBe(2);
        ((bool)(await bench.JsonAsync("lease.json"))["givenBack"]!).ShouldBeTrue();
    }

    private static JsonObject Manifest() => JsonNode.Parse(string.Create(CultureInfo.InvariantCulture, $$"""
        {
          "schema": 1, "revision": 1, "lease": "x", "checked": "2024-01-01T00:00:00Z", "version": "1",
          "published": "2024-01-01T00:00:00Z",
          "files": [{ "name": "main.cvd", "size": 1, "sha256": "{{Sha256}}", "modified": "2024-01-01T00:00:00Z" }]
        }
        """))!.AsObject();

    private async Task<string> RefuseAsync(Action<JsonObject> change)
    {
        using var bench = await MirrorBench.CreateAsync(moto);
        var manifest = Manifest();
        await bench.PutAsync("manifest.json", manifest.ToJsonString());
        var mirror = bench.NewInstance().Mirror;
        (await mirror.ReadAsync(Cancel)).Manifest.ShouldNotBeNull();
        change(manifest);
        await bench.PutAsync("manifest.json", manifest.ToJsonString());

        var failure = await Should.ThrowAsync<TryAgainException>(() => mirror.ReadAsync(Cancel));

        failure.Message.ShouldContain($"s3://{bench.Bucket}/mirror/manifest.json");
        failure.Message.ShouldNotContain('\n');
        return failure.Message;
    }
}
