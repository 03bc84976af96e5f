using System.Net;
using System.Text;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Daemon.Tests.Cli;

public sealed class MetricsTests(MotoFixture moto, ClamdFixture clamd)
{
    [Fact(Timeout = 60_000)]
    public async Task A_collector_that_the_environment_names_gets_the_metrics()
    {
        using var drain = await BadInput.Drain.PrepareAsync(moto.Server, clamd.Server);
        var url = $"http://127.0.0.1:{FreePort.Find()}/";
        using var collector = new HttpListener { Prefixes = { url } };
        collector.Start();
        drain.Stage[Settings.ScanMaxDefinitionsAge] = "3650d";
        drain.Stage.Set("OTEL_EXPORTER_OTLP_ENDPOINT", url);
        drain.Stage.Set("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        drain.Stage.Set("OTEL_METRIC_EXPORT_INTERVAL", "500");
        await using var daemon = drain.Stage.Start("run");

        var context = await collector.GetContextAsync().WaitAsync(Stage.Cancellation);
        using var reader = new StreamReader(context.Request.InputStream, Encoding.Latin1);
        var body = await reader.ReadToEndAsync(Stage.Cancellation);
        context.Response.Close();
        daemon.Send(Signal.Kill);

        context.Request.Url!.AbsolutePath.ShouldBe("/v1/metrics");
        foreach (var metric in new[] { "clambucketfleet.objects", "clambucketfleet.in_work", "clambucketfleet.fit" })
            body.ShouldContain(metric);
    }
}
