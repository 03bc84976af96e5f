using System.Text.RegularExpressions;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.Delivery.Tests.Packaging;

/// <summary>What helps at the prompt says all that the program knows.</summary>
public sealed partial class HelpTests
{
    private static readonly string Share = Repository.Combine("packaging", "root", "usr", "share");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task The_manual_page_has_every_verb_and_option()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Share, "man", "man1", "clambucketfleet.1"), Token);

        foreach (var (verb, options) in await VerbsAsync())
        {
            page.ShouldContain($".Cm {string.Join(' ', verb)}\n", customMessage: $"the verb {string.Join(' ', verb)}");
            foreach (var option in options)
                page.ShouldContain($"Fl {option[1..]}", customMessage: $"the option {option} of {string.Join(' ', verb)}");
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Completion_knows_every_verb_and_option()
    {
        foreach (var (verb, options) in await VerbsAsync())
        {
            for (var i = 0; i < verb.Length; i++)
                (await CompletedAsync([.. verb[..i], ""])).ShouldContain(verb[i]);
            (await CompletedAsync([.. verb, "--"])).ShouldBe(options, ignoreOrder: true);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Completion_knows_every_setting_and_completes_behind_the_colon()
    {
        (await CompletedAsync(["run", "--Scan:En"])).ShouldBe(["Engine="]);
        var sections = Settings.All.Select(setting => setting.Key.Split(':')[0]).Distinct();
        foreach (var section in sections)
        {
            (await CompletedAsync([$"--{section}:"])).Select(key => $"{section}:{key.TrimEnd('=')}")
                .ShouldBe(Settings.All.Select(setting => setting.Key)
                    .Where(key => key.StartsWith(section + ":", StringComparison.Ordinal)));
        }
    }

    private static async Task<string[]> CompletedAsync(string[] words)
    {
        var script = $"""
            source {Path.Combine(Share, "bash-completion", "completions", "clambucketfleet")}
            COMP_LINE=$1 COMP_POINT=${"{#1}"}
            _clambucketfleet
            printf '%s\n' "${"{COMPREPLY[@]}"}"
            """;
        var result = await new Command("/bin/bash", "-c", script, "bash", $"clambucketfleet {string.Join(' ', words)}").RunAsync(Token);
        return result.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Each verb with the long options that its help names.</summary>
    private static async Task<List<(string[] Verb, string[] Options)>> VerbsAsync()
    {
        var verbs = new List<(string[], string[])>();
        var open = new Queue<string[]>((await CommandsAsync([])).Select(name => new[] { name }));
        while (open.TryDequeue(out var verb))
        {
            var below = await CommandsAsync(verb);
            foreach (var name in below)
                open.Enqueue([.. verb, name]);
            if (below.Length == 0)
                verbs.Add((verb, [.. LongOption().Matches(await HelpAsync(verb)).Select(option => option.Groups[1].Value)]));
        }

        verbs.Count.ShouldBeGreaterThan(3);
        return verbs;
    }

    private static async Task<string[]> CommandsAsync(string[] verb)
    {
        var help = await HelpAsync(verb);
        var start = help.IndexOf("\nCommands:\n", StringComparison.Ordinal);
        return start < 0
            ? []
            : [.. help[(start + "\nCommands:\n".Length)..].Split('\n').TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal))
                .Select(line => line.Trim().Split(' ')[0])];
    }

    private static async Task<string> HelpAsync(string[] verb)
    {
        var result = await Executable.Find().RunAsync([], Token, [.. verb, "--help"]);
        result.ExitCode.ShouldBe(0, result.Error);
        return result.Output;
    }

    [GeneratedRegex("^  (?:-[?h], )*(--[a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex LongOption();
}
