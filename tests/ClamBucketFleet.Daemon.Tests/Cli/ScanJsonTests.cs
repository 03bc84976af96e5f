using System.Text.Json;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

/// <summary><c>scan --json</c>: one document for programs, and nothing beside it.</summary>
public sealed class ScanJsonTests(MotoFixture moto, ClamdFixture clamd) : IDisposable
{
    private const int Limit = 60_000;

    private static readonly string[] Fields =
    [
        "schema", "id", "time", "status", "action", "error", "bucket", "key", "versionId", "eTag", "size", "sha256",
        "signatures", "reason", "destination", "engine", "definitions", "instance", "receiveCount", "seconds",
    ];

    private readonly Stage _stage = new Stage().With(clamd.Server).With(moto.Server);

    public void Dispose() => _stage.Dispose();

    [Fact(Timeout = Limit)]
    public async Task An_object_has_all_the_fields_of_an_alert()
    {
        using var aws = new AwsStage(moto.Server);
        var bucket = await aws.CreateBucketAsync(versioned: true);
        var version = await aws.PutAsync(bucket, "a\u001b[31m \"b\".zip", Eicar.Zip);

        var result = await _stage.RunAsync("scan", "--json", $"s3://{bucket}/a\u001b[31m \"b\".zip");

        result.ExitCode.ShouldBe(1, result.Error);
        result.Error.ShouldBeEmpty();
        result.Output.Count(c => c == '\n').ShouldBe(1);
        result.Output.ShouldNotContain('\u001b');
        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        root.EnumerateObject().Select(field => field.Name).ShouldBe(Fields);
        root.GetProperty("schema").GetInt32().ShouldBe(1);
        root.GetProperty("status").GetString().ShouldBe("INFECTED");
        root.GetProperty("action").GetString().ShouldBe("NONE");
        root.GetProperty("bucket").GetString().ShouldBe(bucket);
        root.GetProperty("key").GetString().ShouldBe("a\u001b[31m \"b\".zip");
        root.GetProperty("versionId").GetString().ShouldBe(version);
        root.GetProperty("size").GetInt64().ShouldBe(Eicar.Zip.Length);
        root.GetProperty("signatures").EnumerateArray().Single().GetString().ShouldBe(Eicar.Signature);
        root.GetProperty("time").GetString()!.ShouldMatch("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$");
        root.GetProperty("sha256").GetString()!.ShouldMatch("^[0-9a-f]{64}$");
    }

    [Fact(Timeout = Limit)]
    public async Task A_file_has_the_same_fields_without_a_bucket()
    {
        var path = _stage.Directory.Write("secret.zip", Archive.EncryptedZip("a", "harmless"u8.ToArray()));

        var result = await _stage.RunAsync("scan", "--json", path);

        result.ExitCode.ShouldBe(2, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        json.RootElement.EnumerateObject().Select(field => field.Name).ShouldBe(Fields);
        json.RootElement.GetProperty("status").GetString().ShouldBe("UNSCANNABLE");
        json.RootElement.GetProperty("reason").GetString().ShouldBe("encrypted");
        json.RootElement.GetProperty("key").GetString().ShouldBe(path);
    }

    [Fact(Timeout = Limit)]
    public async Task A_failure_leaves_standard_output_empty()
    {
        var result = await _stage.RunAsync("scan", "--json", "nowhere");

        result.ExitCode.ShouldBe(66);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldNotBeEmpty();
    }

    [Fact(Timeout = Limit)]
    public async Task An_object_that_is_gone_is_a_result()
    {
        using var aws = new AwsStage(moto.Server);
        var bucket = await aws.CreateBucketAsync();

        var result = await _stage.RunAsync("scan", "--json", $"s3://{bucket}/nowhere");

        result.ExitCode.ShouldBe(66, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        json.RootElement.GetProperty("status").GetString().ShouldBe("SKIPPED");
        json.RootElement.GetProperty("reason").GetString().ShouldBe("gone");
    }
}
