using System.Text;
using ClamBucketFleet.Options;
using ClamBucketFleet.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests.Updates;

/// <summary>Updates with the real freshclam, clamscan and clamd.</summary>
public sealed class RealUpdateTests : IAsyncDisposable
{
    private const int Limit = 120_000;

    private readonly DefinitionsServer _source = new();
    private readonly TemporaryDirectory _directory = new();
    private readonly string _databases;

    public RealUpdateTests()
    {
        _databases = _directory.CreateDirectory("db");
        _source.Put("eicar.ndb", Signature("Eicar-Test-Signature", Eicar.Bytes));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _directory.DisposeAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task A_real_clamd_scans_with_what_is_new_once_the_update_is_over()
    {
        await UpdateAsync("/nowhere");
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { DatabaseDirectory = _databases }, Token);
        _source.Put("extra.ndb", Signature("Extra", "quite harmless"u8.ToArray()));

        var outcome = await UpdateAsync(clamd.Address);

        outcome.Result.ShouldBe(UpdateResult.New);
        outcome.Warning.ShouldBeNull();
        (await ScanAsync(clamd, "this is quite harmless")).ShouldBeOfType<Infected>();
    }

    [Fact(Timeout = Limit)]
    public async Task A_reload_that_an_update_was_killed_before_is_made_up_for()
    {
        await UpdateAsync("/nowhere");
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { DatabaseDirectory = _databases }, Token);
        _source.Put("extra.ndb", Signature("Extra", "quite harmless"u8.ToArray()));
        await UpdateAsync("/nowhere");
        (await ScanAsync(clamd, "this is quite harmless")).ShouldBeOfType<Clean>();
        Array.ForEach(["eicar.ndb", "extra.ndb"], _source.Age);

        var outcome = await UpdateAsync(clamd.Address);

        outcome.Result.ShouldBe(UpdateResult.Unchanged);
        (await ScanAsync(clamd, "this is also quite harmless")).ShouldBeOfType<Infected>();
    }

    [Fact(Timeout = Limit)]
    public async Task A_real_clamd_that_is_wrong_with_the_new_ones_scans_with_the_old_ones_again()
    {
        await UpdateAsync("/nowhere");
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { DatabaseDirectory = _databases }, Token);
        _source.Put("eicar.ndb", Signature("Something", "else"u8.ToArray()));

        await Should.ThrowAsync<EngineWrongException>(UpdateAsync(clamd.Address, isTested: false));

        await SelfTest.FindAsync(Engines.Clamd(clamd, confirmClean: false), Token);
        File.ReadAllText(Path.Combine(_databases, "eicar.ndb")).ShouldStartWith("Eicar-Test-Signature");
    }

    [Fact(Timeout = Limit)]
    public async Task New_ones_that_lose_EICAR_are_thrown_away_unless_the_operators_own_have_it()
    {
        await UpdateAsync("/nowhere");
        _source.Put("eicar.ndb", Signature("Something", "else"u8.ToArray()));
        (await Should.ThrowAsync<TryAgainException>(UpdateAsync("/nowhere"))).Message.ShouldContain("do not pass the self-test");
        File.ReadAllText(Path.Combine(_databases, "eicar.ndb")).ShouldStartWith("Eicar-Test-Signature");

        File.WriteAllBytes(Path.Combine(_databases, "own.ndb"), Signature("Own", Eicar.Bytes));
        (await UpdateAsync("/nowhere")).Changed.ShouldBe(["eicar.ndb"]);
        new FileInfo(Path.Combine(_databases, "own.ndb")).LinkTarget.ShouldBeNull();
    }

    [Theory(Timeout = Limit)]
    [InlineData(true, 429, 3600, "429, too many requests", 1)]
    [InlineData(true, 429, null, "429, too many requests", 4)]
    [InlineData(true, 403, null, "403, refused", 24)]
    [InlineData(false, 429, 3600, "429 or 403", 1)]
    [InlineData(false, 403, null, "429 or 403", 24)]
    public async Task What_a_refusing_source_makes_the_real_freshclam_say_is_understood(
        bool custom, int status, int? retryAfter, string reason, int hours)
    {
        _source.Answer = new DefinitionsAnswer(status) { RetryAfter = retryAfter is { } s ? TimeSpan.FromSeconds(s) : null };
        File.WriteAllBytes(Path.Combine(_databases, "own.ndb"), Signature("Own", Eicar.Bytes));

        var outcome = await UpdateAsync("/nowhere", configuration: custom
            ? _source.Configuration("eicar.ndb")
            : $"DatabaseMirror {_source.Url}\nDNSDatabaseInfo no\nMaxAttempts 1\n");

        outcome.Result.ShouldBe(UpdateResult.StayedAway);
        outcome.StayAway!.Reason.ShouldBe(reason);
        (outcome.StayAway.Until - TimeProvider.System.GetUtcNow()).TotalHours.ShouldBeInRange(hours - 0.1, hours);
    }

    [Fact(Timeout = Limit)]
    public async Task The_identity_of_freshclam_outlives_runs_that_fail()
    {
        _source.Answer = new DefinitionsAnswer(500);
        await Should.ThrowAsync<ServiceUnreachableException>(UpdateAsync("/nowhere"));
        var identity = File.ReadAllBytes(Path.Combine(_databases, ".clambucketfleet", "freshclam.dat"));
        _source.Answer = new DefinitionsAnswer(200) { BreaksOff = true, Body = new byte[1000] };
        await Should.ThrowAsync<ServiceUnreachableException>(UpdateAsync("/nowhere"));
        File.ReadAllBytes(Path.Combine(_databases, ".clambucketfleet", "freshclam.dat")).ShouldBe(identity);
    }

    private async Task<UpdateOutcome> UpdateAsync(string clamd, bool isTested = true, string? configuration = null)
    {
        var file = _directory.Write("freshclam.conf", Encoding.ASCII.GetBytes(configuration ?? _source.Configuration([.. _source.Names])));
        var scan = new ScanOptions(
            EngineKind.Auto, clamd, "clamscan", TimeSpan.FromSeconds(5), _databases, 0, int.MaxValue, LargeObjects.Skip, TimeSpan.FromMinutes(10),
            _directory.Combine("spool"), 0, TimeSpan.FromDays(2), true);
        using var place = UpdatePlace.Take(_databases);
        var freshclam = new FreshclamSettings(Command.Require("freshclam"), file);
        var parts = UpdateParts.Real(place, freshclam, scan, NullLoggerFactory.Instance, TimeProvider.System);
        if (!isTested)
            parts = parts with { Test = (_, _, _) => Task.CompletedTask };
        return await new DefinitionsUpdater(place, parts, null, scan.MaxDefinitionsAge, NullLoggerFactory.Instance, TimeProvider.System)
            .RunAsync(Token);
    }

    private static async Task<Verdict> ScanAsync(ClamdServer clamd, string text)
    {
        var content = Encoding.ASCII.GetBytes(text);
        return await Engines.Client(clamd).ScanAsync(new MemoryStream(content), content.Length, Token);
    }

    private static byte[] Signature(string name, byte[] pattern) =>
        Encoding.ASCII.GetBytes($"{name}:0:*:{Convert.ToHexStringLower(pattern)}\n");
}
