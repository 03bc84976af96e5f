using System.Globalization;
using System.Text;

namespace ClamBucketFleet.Scaling.Reports;

/// <summary>A row a trace.</summary>
public static class Table
{
    private const string Head = """
        | trace | messages | most at once | instances at most | until empty | 95 % scanned within | oldest | instance-hours | out / in | turns | flaps | cost |
        | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |

        """;

    public static void Write(StringBuilder text, IReadOnlyList<Result> results, Prices prices)
    {
        text.Append(Head);
        foreach (var result in results)
        {
            string[] cells =
            [
                result.Trace.Title,
                Number(result.Queue.Sent),
                Number(result.MaxBacklog),
                Number(result.MaxInstances),
                UntilEmpty(result),
                Time(result.Queue.Waits.Percentile(0.95)),
                Time(result.OldestSeconds),
                result.InstanceHours.ToString("N1", CultureInfo.InvariantCulture),
                $"{result.ScaleOuts} / {result.ScaleIns}",
                Number(result.Turns.Count),
                Number(result.Flaps),
                Money(Bill.Of(result, prices).Total),
            ];
            text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        }
    }

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Money(double dollars) => string.Create(CultureInfo.InvariantCulture, $"${dollars:N2}");

    public static string Time(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalSeconds: < 120 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 2 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        var time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
    };

    // Where something comes all the time, the queue is never empty for long.
    private static string UntilEmpty(Result result)
        => result.Trace.Finite is { } from && result.IsEmptyAtEnd ? Time(result.EmptyAt - from) : "–";
}
