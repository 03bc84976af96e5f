using System.Globalization;
using System.Net;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Run;

public sealed class MemoryTests(MotoFixture moto, ITestOutputHelper output)
{
    private const long Size = 1L << 30;
    private const long Limit = 150L << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task An_object_of_1_GiB_passes_through_less_than_150_MiB()
    {
        // One signature, and no hashes of the whole: it is not clamd's time that is measured here.
        await using var definitions = new TemporaryDirectory();
        Definitions.WriteSignature(definitions.Path, "Eicar-Test-Signature", Eicar.Bytes);
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions
        {
            DatabaseDirectory = definitions.Path,
            Settings = new Dictionary<string, string> { ["DisableCache"] = "yes" },
        }, Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync(connected: false);
        proxy.Answer(request => request.Is("GET", bucket, "large"), SendAsync);
        var daemon = scene.Start([], proxy.ForS3);
        await daemon.IsReadyAsync(Cancellation);
        var idle = await daemon.PeakMemoryAsync(Cancellation);

        await scene.RequestAsync(bucket, "large");
        var alert = (await scene.AlertOnAsync("large")).Json;
        var peak = await daemon.PeakMemoryAsync(Cancellation);

        output.WriteLine($"Resident at most {peak >> 20} MiB ({idle >> 20} MiB before the object), {alert.GetProperty("seconds")}");
        alert.GetProperty("status").GetString().ShouldBe("CLEAN");
        alert.GetProperty("size").GetInt64().ShouldBe(Size);
        peak.ShouldBeLessThan(Limit);
    }

    [Theory(Timeout = 300_000)]
    [InlineData(80, 16L << 20)]
    [InlineData(200, 2L << 20)]
    public async Task Many_objects_at_once_pass_through_less_than_150_MiB(int count, long size)
    {
        await using var definitions = new TemporaryDirectory();
        Definitions.WriteSignature(definitions.Path, "Eicar-Test-Signature", Eicar.Bytes);
        await using var clamd = await ClamdServer.StartAsync(
            new ClamdOptions { DatabaseDirectory = definitions.Path }, Cancellation);
        await using var scene = await Scene.CreateAsync(moto.Server, clamd, Cancellation);
        await using var proxy = new AwsProxy(moto.Server);
        var bucket = await scene.BucketAsync(connected: false);
        proxy.Decide = request => request.Method == "GET" && request.Url.StartsWith($"/{bucket}/object-", StringComparison.Ordinal)
            ? new Hook { Answer = context => SendAsync(context, size) }
            : null;
        for (var i = 0; i < count; i++)
            await scene.RequestAsync(bucket, $"object-{i}");
        var daemon = scene.Start([], proxy.ForS3);

        // Ten by ten: each has its own time on a slow machine.
        for (var come = 10; come <= count; come += 10)
            await scene.AlertedAsync(alerts => alerts.Count >= come);
        var peak = await daemon.PeakMemoryAsync(Cancellation);

        output.WriteLine($"Resident at most {peak >> 20} MiB");
        scene.Alerts.ShouldAllBe(alert => alert.Json.GetProperty("status").GetString() == "CLEAN");
        scene.Alerts.Select(alert => alert.Json.GetProperty("key").GetString()).Distinct().Count().ShouldBe(count);
        peak.ShouldBeLessThan(Limit);
    }

    private static Task SendAsync(HttpListenerContext context) => SendAsync(context, Size);

    // As S3 answers a GET of everything from the first byte on; moto would hold all of it in memory.
    private static async Task SendAsync(HttpListenerContext context, long size)
    {
        var response = context.Response;
        response.StatusCode = (int)HttpStatusCode.PartialContent;
        response.ContentType = "application/octet-stream";
        response.ContentLength64 = size;
        response.Headers["ETag"] = "\"0123456789abcdef0123456789abcdef\"";
        response.Headers["Accept-Ranges"] = "bytes";
        response.Headers["Content-Range"] = string.Create(CultureInfo.InvariantCulture, $"bytes 0-{size - 1}/{size}");
        var block = new byte[1 << 20];
        for (var sent = 0L; sent < size; sent += block.Length)
            await response.OutputStream.WriteAsync(block, Cancellation);
    }
}
