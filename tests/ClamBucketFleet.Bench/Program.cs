using System.CommandLine;
using ClamBucketFleet.Bench;
using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Groups;
using ClamBucketFleet.Bench.Report;
using ClamBucketFleet.Bench.Stub;
using ClamBucketFleet.TestKit;
using Spectre.Console;
using Command = System.CommandLine.Command;

// What scripts/bench.sh calls.
var seed = new Option<ulong>("--seed") { Description = "Of all that is generated.", DefaultValueFactory = _ => 1 };
var rounds = new Option<int>("--rounds") { Description = "Of each arm, interleaved.", DefaultValueFactory = _ => 3 };
var rows = new Option<string[]>("--rows") { Description = "Groups of rows; without it all.", AllowMultipleArgumentsPerToken = true };
rows.AcceptOnlyFromAmong([.. AllGroups.InOrder.Select(group => group.Name)]);
var scale = new Option<double>("--scale") { Description = "Of the numbers of objects: 0.1 is a tenth.", DefaultValueFactory = _ => 1 };
var output = new Option<string>("--output") { Description = "The directory that takes table, JSON and plots.", Required = true };
var asked = new Option<string>("--command") { Description = "How the user called it, for the report.", DefaultValueFactory = _ => "make bench" };
var into = new Argument<string>("directory") { Description = "Is made." };

var stub = new Command("stub", "Plays S3, SQS and SNS until it is ended.");
stub.SetAction((_, cancellationToken) => StubHost.RunAsync(cancellationToken));

var smoke = new Command("smoke", "Every kind of run once, on few objects; fails on wrong results only.") { seed };
smoke.SetAction((parsed, cancellationToken) => TryAsync(
    () => Smoke.RunAsync(parsed.GetValue(seed), Console.Error.WriteLine, cancellationToken)));

var run = new Command("run", "Measures, and prints and writes what came of it.") { seed, rounds, rows, scale, output, asked };
run.SetAction((parsed, cancellationToken) => TryAsync(async () =>
{
    var wanted = parsed.GetValue(rows) is { Length: > 0 } names ? names : null;
    var groups = AllGroups.InOrder.Where(group => wanted?.Contains(group.Name) ?? true).ToArray();
    var results = await FullRun.RunAsync(
        groups, parsed.GetValue(rounds), parsed.GetValue(seed), parsed.GetValue(scale), parsed.GetRequiredValue(asked), Console.Error.WriteLine, cancellationToken);
    results.Write(parsed.GetRequiredValue(output));
    TerminalReport.Print(AnsiConsole.Console, results);
}));

var measured = new Argument<string>("directory") { Description = "Has the JSON of an earlier run." };
var report = new Command("report", "Writes table and plots of an earlier run again.") { measured };
report.SetAction(parsed => Results.Read(parsed.GetRequiredValue(measured)).Write(parsed.GetRequiredValue(measured)));

var corpus = new Command("corpus", "Writes the small corpus as files, to be looked at.") { into, seed };
corpus.SetAction(parsed =>
{
    var files = Directory.CreateDirectory(parsed.GetRequiredValue(into)).FullName;
    using var hidden = new TemporaryDirectory();
    using var small = CorpusBuilder.Small(hidden.Path, parsed.GetValue(seed), Smoke.SmallObjects);
    small.Write(files);
});

return await new RootCommand("The benchmark of ClamBucketFleet.") { stub, smoke, run, report, corpus }.Parse(args).InvokeAsync();

static async Task<int> TryAsync(Func<Task> work)
{
    try
    {
        await work();
        return 0;
    }
    catch (WrongResultException e)
    {
        await Console.Error.WriteLineAsync($"WRONG: {e.Message}");
        return 1;
    }
}
