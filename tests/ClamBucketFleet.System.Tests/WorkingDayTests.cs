using System.Text;
using System.Text.Json;
using ClamBucketFleet.SystemTests.Machines;
using ClamBucketFleet.TestKit;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.SystemTests;

/// <summary>What an operator sees of a find, a failed update and a stop. <c>make figures</c> writes it down.</summary>
public sealed class WorkingDayTests(World world) : SourceTests(world)
{
    private readonly StringBuilder _page = new("""
        # What an operator sees

        Written by `make figures` from a machine that a test boots (Debian 13, moto as AWS): its own words, none left out.

        """);

    private Relay? _relay;

    [Fact(Timeout = 2 * Limit)]
    public async Task What_is_found_fails_and_stops_can_be_read_where_an_operator_looks()
    {
        _relay = new Relay(World.Network);
        var machine = await LedAsync(Release.Trixie, "scanner-1");
        Machines.Scene.Lead(machine, ("AWS_ENDPOINT_URL_S3", $"{_relay.Endpoint}"));
        await machine.BootAsync(Cancellation);
        await IsReadyAsync(machine);

        await DeletesTheInfectedAsync();
        await BecomesAsync(machine, Daemon, unit => unit.Status.Contains("1 infected", StringComparison.Ordinal));
        var status = await ShowAsync("An infected object", machine, "systemctl", "status", "--no-pager", "--lines=8", Daemon);
        status.ShouldContain("1 infected");
        status.ShouldContain("INFECTED ");
        var log = await LogAsync(machine);
        Add("The same in `/var/log/clambucketfleet`, one JSON object a line:", log);
        JsonElement.Parse(log).GetProperty("@m").GetString().ShouldNotBeNull().ShouldContain("Eicar-Test-Signature");

        Source.Answer = new DefinitionsAnswer(500);
        await UpdateAsync(machine);
        var failed = await ShowAsync(
            "An update that failed", machine, "systemctl", "status", "--no-pager", "--lines=6", Updates);
        failed.ShouldContain("500");

        var bucket = await Scene.BucketAsync();
        _relay.Hold();
        await Scene.PutAsync(bucket, "large", Clean);
        await BecomesAsync(machine, Daemon, unit => unit.Status.StartsWith("1 in work", StringComparison.Ordinal));
        await machine.RunAsync(Cancellation, "systemctl", "stop", "--no-block", Daemon);
        await BecomesAsync(machine, Daemon, unit => unit.Status.Contains("rain", StringComparison.Ordinal));
        (await ShowAsync("A stop with work in hand", machine, "systemctl", "status", "--no-pager", "--lines=2", Daemon))
            .ShouldContain("1 in work");
        _relay.Release();
        await BecomesAsync(machine, Daemon, unit => unit.Active == "inactive");
        await ShowAsync("And its end", machine, "journalctl", "--no-pager", "--lines=5", $"--unit={Daemon}");

        Documents.Write("operating.md", _page.ToString());
    }

    protected override async ValueTask DisposeMoreAsync()
    {
        await base.DisposeMoreAsync();
        if (_relay is not null) await _relay.DisposeAsync();
    }

    private static async Task<string> LogAsync(Machine machine)
    {
        var lines = await machine.RunAsync(Cancellation, "sh", "-c", "grep -h INFECTED /var/log/clambucketfleet/*.json");
        return lines.Split('\n')[0];
    }

    private async Task<string> ShowAsync(string title, Machine machine, params string[] command)
    {
        var shown = await machine.Inside(command).RunAsync(Cancellation);
        _page.Append("\n## ").Append(title).Append('\n');
        Add("", $"$ {string.Join(' ', command).Replace("--no-pager ", "", StringComparison.Ordinal)}\n{shown.Output}");
        return shown.Output;
    }

    private void Add(string before, string text)
    {
        if (before.Length > 0) _page.Append('\n').Append(before).Append('\n');
        _page.Append("\n```console\n").Append(text.TrimEnd()).Append("\n```\n");
    }
}
