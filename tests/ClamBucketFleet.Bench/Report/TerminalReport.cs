using ClamBucketFleet.Bench.Groups;
using Spectre.Console;

namespace ClamBucketFleet.Bench.Report;

/// <summary>The rows on the terminal.</summary>
internal static class TerminalReport
{
    public static void Print(IAnsiConsole console, Results results)
    {
        var table = new Table().AddColumns("", "measured", "rounds", "to reach", "");
        foreach (var row in results.Rows)
            table.AddRow(Cells(row));
        console.Write(table);
        console.MarkupLineInterpolated($"{results.Machine.ToString()}");
        if (results.Machine.IsLoaded)
            console.MarkupLine("[yellow]Other work ran on this machine right before the start: the figures are provisional.[/]");
    }

    private static Markup[] Cells(Row row) =>
    [
        new(Markup.Escape(row.Name)), new(row.ValueText), new(row.SpreadText), new(row.TargetText),
        new(row.Reached ? "[green]reached[/]" : "[red]not reached[/]"),
    ];
}
