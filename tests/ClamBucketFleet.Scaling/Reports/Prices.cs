using System.Text.Json;

namespace ClamBucketFleet.Scaling.Reports;

/// <summary>prices.json: list prices, and what of a bill is assumed.</summary>
public sealed record Prices(
    string Region,
    string Currency,
    string Date,
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
