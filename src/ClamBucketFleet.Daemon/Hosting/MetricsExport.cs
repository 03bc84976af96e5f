using ClamBucketFleet.Pipeline;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ClamBucketFleet.Daemon.Hosting;

/// <summary>
/// Sends metrics by OTLP where OpenTelemetry's own variables name a collector (the CloudWatch agent is one), and nowhere
/// else: the daemon listens on no port.
/// </summary>
internal static class MetricsExport
{
    private static readonly string[] Endpoints = ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    /// <returns>Sends what is left when disposed; null where no collector is named.</returns>
    public static MeterProvider? Start() =>
        Endpoints.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
            ? Sdk.CreateMeterProviderBuilder().AddMeter(FleetMetrics.Name).AddOtlpExporter().Build()
            : null;
}
