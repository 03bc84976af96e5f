using System.Text;
using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.Scaling.Reports;

/// <summary>docs/scaling.md and the plots in docs/scaling.</summary>
public sealed record Documents(string Page, IReadOnlyDictionary<string, string> Plots)
{
    public static string PagePath { get; } = Repository.Combine("docs", "scaling.md");

    public static string PlotsPath { get; } = Repository.Combine("docs", "scaling");

    /// <summary>Plays every trace against the template's stack.</summary>
    public static async Task<Documents> MakeAsync(CancellationToken cancellationToken)
    {
        var fleets = await Fleets.CreateAsync(Stack.StackMaker.Template, cancellationToken);
        return Make(fleets, [.. Traces.All.AsParallel().AsOrdered().Select(trace => fleets.Play(trace))]);
    }

    /// <param name="results">Of every trace, with the assumptions as they are.</param>
    public static Documents Make(Fleets fleets, IReadOnlyList<Result> results)
    {
        return new Documents(
            new Page(fleets, results, Prices.Read()).Write(),
            results.ToDictionary(result => $"{result.Trace.Name}.svg", result => Plot.Draw(result, new Assumptions())));
    }

    public static async Task<string> TableOfAsync(string stack, CancellationToken cancellationToken)
    {
        var fleets = await Fleets.ReadAsync(stack, cancellationToken);
        var text = new StringBuilder();
        Table.Write(text, [.. Traces.All.AsParallel().AsOrdered().Select(trace => fleets.Play(trace))], Prices.Read());
        return text.ToString();
    }

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(PlotsPath);
        foreach (var old in Directory.EnumerateFiles(PlotsPath, "*.svg")) File.Delete(old);
        foreach (var (name, plot) in Plots) await File.WriteAllTextAsync(Path.Combine(PlotsPath, name), plot, cancellationToken);
        await File.WriteAllTextAsync(PagePath, Page, cancellationToken);
    }
}
