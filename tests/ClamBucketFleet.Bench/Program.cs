using System.CommandLine;
using ClamBucketFleet.Bench;
using ClamBucketFleet.Bench.Corpora;
using ClamBucketFleet.Bench.Stub;
using ClamBucketFleet.TestKit;
using Command = System.CommandLine.Command;

// What the benchmark is asked for; scripts/bench.sh calls it.
var seed = new Option<ulong>("--seed") { Description = "Of all that is generated.", DefaultValueFactory = _ => 1 };

var stub = new Command("stub", "Plays S3, SQS and SNS until it is ended.");
stub.SetAction(async (_, cancellationToken) =>
{
    await StubHost.RunAsync(cancellationToken);
    return 0;
});

var smoke = new Command("smoke", "Every kind of run once, on few objects; fails on wrong results only.") { seed };
smoke.SetAction(async (parsed, cancellationToken) =>
{
    try
    {
        await Smoke.RunAsync(parsed.GetValue(seed), Console.Error.WriteLine, cancellationToken);
        return 0;
    }
    catch (WrongResultException e)
    {
        await Console.Error.WriteLineAsync($"WRONG: {e.Message}");
        return 1;
    }
});

var into = new Argument<string>("directory") { Description = "Is made." };
var corpus = new Command("corpus", "Writes the small corpus as files, to be looked at.") { into, seed };
corpus.SetAction(parsed =>
{
    var files = Directory.CreateDirectory(parsed.GetRequiredValue(into)).FullName;
    using var hidden = new TemporaryDirectory();
    using var small = CorpusBuilder.Small(hidden.Path, parsed.GetValue(seed), Smoke.SmallObjects);
    small.Write(files);
});

return await new RootCommand("The benchmark of ClamBucketFleet.") { stub, smoke, corpus }.Parse(args).InvokeAsync();
