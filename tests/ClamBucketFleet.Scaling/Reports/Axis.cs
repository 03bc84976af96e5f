using System.Globalization;

namespace ClamBucketFleet.Scaling.Reports;

/// <summary>A scale from zero with round marks.</summary>
public sealed record Axis(double Most, double Step)
{
    private static readonly int[] Factors = [1, 2, 5, 10];

    public IEnumerable<double> Marks
    {
        get
        {
            for (var mark = 0.0; mark <= Most + Step / 1000; mark += Step) yield return mark;
        }
    }

    /// <summary>Up to the next round mark above the most, with three to six of them; whole numbers only.</summary>
    public static Axis UpTo(double most)
    {
        var rough = Math.Max(1, most) / 4;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = Math.Max(1, Factors.Select(factor => factor * power).First(candidate => candidate >= rough));
        return new Axis(Math.Ceiling(Math.Max(1, most) / step) * step, step);
    }

    public static string Label(double value) => value switch
    {
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0.##}M"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:0.##}k"),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
