using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

/// <summary>Each with a clamd of its own, to which something happens.</summary>
public sealed class ClamdTroubleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Over_a_limit_is_unscannable_and_a_virus_before_it_infected()
    {
        await using var clamd = await StartAsync(("MaxFiles", "5"));
        var engine = Engines.Clamd(clamd);
        var harmless = Enumerable.Range(0, 20).Select(i => ($"{i}", Contents.Harmless())).ToArray();
        (await engine.ScanAsync(Archive.Zip(harmless))).ShouldBe(new Unscannable(UnscannableReason.LimitsExceeded));
        (await engine.ScanAsync(Archive.Zip([("first", Eicar.Bytes), .. harmless]))).ShouldBe(new Infected([Eicar.Signature]));
    }

    [Fact(Timeout = 60_000)]
    public async Task More_than_StreamMaxLength_is_too_large_over_either_kind_of_socket()
    {
        foreach (var tcp in new[] { true, false })
        {
            var settings = new Dictionary<string, string> { ["StreamMaxLength"] = "1M" };
            await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { Tcp = tcp, Settings = settings }, Token);
            for (var i = 0; i < 10; i++)
            {
                (await Engines.Clamd(clamd).ScanAsync(Contents.Harmless(20_000_000)))
                    .ShouldBe(new Unscannable(UnscannableReason.TooLarge));
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task A_clamd_killed_in_the_middle_of_a_scan_is_no_scanner()
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        await using var source = new ScriptedStream(async (count, _) =>
        {
            if (count == 3)
                await clamd.KillAsync();
            return 100_000;
        });
        await Should.ThrowAsync<ScannerUnavailableException>(Engines.Clamd(clamd).ScanAsync(source, 50_000_000, Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_clamd_that_stands_still_ends_with_the_deadline()
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        clamd.Suspend();
        try
        {
            await Should.ThrowAsync<TryAgainException>(Engines.Clamd(clamd, TimeSpan.FromSeconds(1)).ScanAsync(Eicar.Bytes));
        }
        finally
        {
            clamd.Resume();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task EICAR_is_never_clean_when_the_temporary_directory_is_gone()
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        Directory.Delete(clamd.TemporaryDirectory, recursive: true);
        await NeverCleanAsync(Engines.Clamd(clamd));
        await Should.ThrowAsync<ScannerUnavailableException>(SelfTest.RunAsync(Engines.Clamd(clamd), Token));
    }

    [Fact(Timeout = 60_000)]
    public async Task EICAR_is_never_clean_when_the_temporary_directory_is_full()
    {
        Mount.SkipUnlessPossible();
        await using var clamd = await ClamdServer.StartAsync(Token);
        await using var small = await Mount.TmpfsAsync(clamd.TemporaryDirectory, "size=64k", Token);
        small.Fill();
        await NeverCleanAsync(Engines.Clamd(clamd));
    }

    [Fact(Timeout = 60_000)]
    public async Task EICAR_is_never_clean_when_the_temporary_directory_has_one_inode_left()
    {
        Mount.SkipUnlessPossible();
        await using var clamd = await ClamdServer.StartAsync(Token);
        await using var small = await Mount.TmpfsAsync(clamd.TemporaryDirectory, "nr_inodes=2", Token);
        (await Engines.Client(clamd).AskAsync(Eicar.Bytes, Token)).ShouldBe("stream: OK\0", "clamd itself says so");
        await NeverCleanAsync(Engines.Clamd(clamd));
        await Should.ThrowAsync<ScannerUnavailableException>(Engines.Clamd(clamd).ScanAsync(Contents.Harmless()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Definitions_without_EICAR_can_be_used_when_nothing_is_to_be_confirmed()
    {
        await using var directory = new TemporaryDirectory();
        Definitions.WriteSignature(directory.Path, "Other", "something else"u8);
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { DatabaseDirectory = directory.Path }, Token);
        await Should.ThrowAsync<ScannerUnavailableException>(Engines.Clamd(clamd).ScanAsync(Contents.Harmless()));
        (await Engines.Clamd(clamd, confirmClean: false).ScanAsync(Contents.Harmless())).ShouldBeOfType<Clean>();
    }

    [Fact(Timeout = 60_000)]
    public async Task New_definitions_count_after_a_reload()
    {
        await using var clamd = await ClamdServer.StartAsync(Token);
        var engine = Engines.Clamd(clamd);
        var content = "something new"u8.ToArray();
        (await engine.ScanAsync(content)).ShouldBeOfType<Clean>();
        Definitions.WriteSignature(clamd.DatabaseDirectory, "New", content);
        var client = new ClamdClient(
            ClamdAddress.Parse(clamd.Address), ClamdTimeouts.For(TimeSpan.FromSeconds(10)), TimeProvider.System);
        await client.ReloadAsync(Token);
        await Eventually.UntilAsync(async _ => await engine.ScanAsync(content) is Infected, TimeSpan.FromSeconds(30), Token);
        await client.PingAsync(Token);
    }

    private static async Task NeverCleanAsync(ClamdEngine engine)
    {
        for (var i = 0; i < 5; i++)
        {
            foreach (var content in new[] { Eicar.Bytes, Eicar.Zip, Eicar.NestedZip })
                (await Outcome.OfAsync(engine.ScanAsync(content))).ShouldNotBe("CLEAN");
        }
    }

    private static Task<ClamdServer> StartAsync(params (string Name, string Value)[] settings) => ClamdServer.StartAsync(
        new ClamdOptions { Settings = settings.ToDictionary(line => line.Name, line => line.Value) }, Token);
}
