namespace ClamBucketFleet.Bench.Runs;

internal static class Statistics
{
    /// <summary>The value below which the part lies, between neighbours in proportion; NaN of nothing.</summary>
    public static double Quantile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            return double.NaN;
        var at = part * (sorted.Length - 1);
        var (low, high) = ((int)Math.Floor(at), (int)Math.Ceiling(at));
        return sorted[low] + ((sorted[high] - sorted[low]) * (at - low));
    }

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);
}
