using System.Text.Json;

namespace ClamBucketFleet.Scaling.Reports;

/// <summary>prices.json: list prices as known, and what of a bill is assumed.</summary>
/// <param name="WrittenDown">The month in which that was done. Nothing was fetched then.</param>
/// <param name="Source">How far to trust them, and where to compare.</param>
public sealed record Prices(
    string Region,
    string Currency,
    string WrittenDown,
    string Source,
    IReadOnlyDictionary<string, double> OnDemandHour,
    double SpotShareOfOnDemand,
    double PublicAddressHour,
    double Gp3GigabyteMonth,
    double SqsMillionRequests,
    double S3ThousandGets,
    double S3ThousandPuts,
    double CloudWatchAlarmMetricMonth,
    double HoursOfMonth,
    double MessagesOfReceive,
    double MessagesOfDelete,
    double IdlePollSeconds)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static Prices Read()
        => JsonSerializer.Deserialize<Prices>(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "prices.json")), Options)!;
}
