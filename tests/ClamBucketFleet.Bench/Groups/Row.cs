using System.Globalization;
using ClamBucketFleet.Bench.Runs;

namespace ClamBucketFleet.Bench.Groups;

/// <summary>One line of what the benchmark has to show.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Value">The median of the rounds.</param>
/// <param name="Least">Of the rounds.</param>
/// <param name="Most">Of the rounds.</param>
/// <param name="Target">The bound.</param>
/// <param name="AtLeast">Whether the value must not be below it, or not above.</param>
/// <param name="Unit">Empty for a ratio.</param>
/// <param name="Note">How it was measured, where that is not plain; may be empty.</param>
internal sealed record Row(
    string Name, double Value, double Least, double Most, double Target, bool AtLeast, string Unit = "", string Note = "")
{
    public bool Reached => AtLeast ? Value >= Target : Value <= Target;

    public string TargetText => $"{(AtLeast ? "≥" : "≤")} {Text(Target)}{Space(Unit)}";

    public string ValueText => $"{Text(Value)}{Space(Unit)}";

    public string SpreadText => Least < Most ? $"{Text(Least)} to {Text(Most)}" : "";

    /// <summary>One series over another, round by round.</summary>
    public static Row Ratio(string name, Series over, Series under, Func<Sample, double> figure, double target, bool atLeast = true, string note = "")
    {
        var ratios = over.Samples.Zip(under.Samples, (a, b) => figure(a) / figure(b)).ToArray();
        return new Row(name, Statistics.Median(ratios), ratios.Min(), ratios.Max(), target, atLeast, Note: note);
    }

    /// <summary>A figure as it is.</summary>
    public static Row Of(string name, Series series, Func<Sample, double> figure, double target, string unit, string note = "") =>
        new(name, series.Median(figure), series.Least(figure), series.Most(figure), target, AtLeast: false, unit, note);

    public static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "0" : Math.Abs(value) >= 10 ? "0.0" : "0.00", CultureInfo.InvariantCulture);

    private static string Space(string unit) => unit.Length == 0 ? "" : $" {unit}";
}

/// <summary>What a group of rows came to.</summary>
internal sealed record GroupResult(IReadOnlyList<Series> Series, IReadOnlyList<Row> Rows);

/// <summary>Rows that are measured together.</summary>
/// <param name="Name">To be asked for.</param>
/// <param name="RunAsync">Bench, rounds, what is told of the way.</param>
internal sealed record Group(string Name, Func<Bench, int, Action<string>, CancellationToken, Task<GroupResult>> RunAsync);
