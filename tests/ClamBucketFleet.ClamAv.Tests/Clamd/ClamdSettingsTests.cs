using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

/// <summary>What a real clamd's settings hide, and what is said of it.</summary>
public sealed class ClamdSettingsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Packaged => Repository.Combine("packaging", "clamd.conf");

    [Fact(Timeout = 60_000)]
    public async Task With_the_configuration_that_comes_with_the_product_nothing_is_hidden()
    {
        await using var clamd = await ClamdServer.StartAsync(new ClamdOptions { ConfigurationFile = Packaged }, Token);
        var engine = Engines.Clamd(clamd);
        (await engine.MissingSettingsAsync(Token)).ShouldBeEmpty();
        await SelfTest.RunAsync(engine, Token);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("AlertExceedsMax no", "AlertExceedsMax yes")]
    [InlineData("AlertEncrypted no\nAlertEncryptedArchive no", "AlertEncryptedArchive yes")]
    [InlineData("AlertEncrypted no\nAlertEncryptedDoc no", "AlertEncryptedDoc yes")]
    [InlineData("ScanArchive no", "ScanArchive yes")]
    [InlineData("ScanPDF no", "ScanPDF yes")]
    [InlineData("ScanMail no", "ScanMail yes")]
    [InlineData("ScanHTML no", "ScanHTML yes")]
    [InlineData("ScanOLE2 no", "ScanOLE2 yes")]
    [InlineData("HeuristicScanPrecedence yes", "HeuristicScanPrecedence no")]
    [InlineData("MaxFileSize 25M\nMaxScanSize 100M", "MaxFileSize 2147483647", "MaxScanSize 2147483647")]
    public async Task Each_setting_that_hides_something_is_named_and_its_line_makes_it_right(string wrong, params string[] right)
    {
        await using (var clamd = await StartAsync(Packaged, wrong.Split('\n')))
        {
            var engine = Engines.Clamd(clamd);
            var named = (await engine.MissingSettingsAsync(Token)).Select(setting => setting.Line).ToArray();
            right.ShouldBeSubsetOf(named);
            var refused = await Should.ThrowAsync<ScannerUnavailableException>(SelfTest.RunAsync(engine, Token));
            // Without archives EICAR is not found in one, and that is said first.
            if (wrong == "ScanArchive no")
                refused.Message.ShouldContain("ScanArchive");
            else
                named.ShouldAllBe(line => refused.Message.Contains($"'{line}'"));
            right = named;
        }

        await using (var clamd = await StartAsync(Packaged, [.. right, .. wrong.Split('\n')]))
            await SelfTest.RunAsync(Engines.Clamd(clamd), Token);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("MaxScanSize 0")]
    [InlineData("MaxScanSize 4000M")]
    public async Task A_limit_at_which_only_bombs_are_cut_is_advised_against_and_not_refused(string wide)
    {
        await using var clamd = await StartAsync(Packaged, wide);
        var engine = Engines.Clamd(clamd);

        (await engine.MissingSettingsAsync(Token)).ShouldBeEmpty();
        (await engine.BlindSpotsAsync(Token)).ShouldContain(spot => spot.Contains("'MaxScanSize 2147483647'"));
        await SelfTest.RunAsync(engine, Token);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("/etc/clamav/clamd.conf")]
    [InlineData("/dev/null")]
    public async Task A_stock_configuration_passes_with_exactly_the_lines_that_are_named(string stock)
    {
        Assert.SkipUnless(File.Exists(stock), "Debian's clamav-daemon is not set up here");
        string[] named;
        await using (var clamd = await StartAsync(stock))
        {
            named = [.. (await Engines.Clamd(clamd).MissingSettingsAsync(Token)).Select(setting => setting.Line)];
            named.ShouldBe(
                ["AlertExceedsMax yes", "AlertEncryptedArchive yes", "AlertEncryptedDoc yes", "MaxFileSize 2147483647", "MaxScanSize 2147483647"]);
        }

        await using (var clamd = await StartAsync(stock, named))
            await SelfTest.RunAsync(Engines.Clamd(clamd), Token);
    }

    [Fact(Timeout = 60_000)]
    public async Task Automatic_choice_takes_clamscan_where_clamd_would_hide_a_limit()
    {
        await using var clamd = await StartAsync("/dev/null");
        await using var harness = new ClamscanHarness();
        var log = new RecordingLogger<AutoEngine>();
        await using var engine = new AutoEngine(Engines.Clamd(clamd), harness.Engine(), TimeProvider.System, log);
        await SelfTest.RunAsync(engine, Token);
        (await engine.DescribeAsync(Token)).Kind.ShouldBe("clamscan");
        log.Lines.ShouldHaveSingleItem().ShouldContain("AlertExceedsMax yes");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_clamd_that_is_restarted_with_other_settings_is_found_out_at_the_next_self_test()
    {
        await using var clamd = await StartAsync(Packaged);
        await using var harness = new ClamscanHarness();
        await using var engine = new AutoEngine(
            Engines.Clamd(clamd), harness.Engine(), TimeProvider.System, new RecordingLogger<AutoEngine>());
        await SelfTest.RunAsync(engine, Token);
        (await engine.DescribeAsync(Token)).Kind.ShouldBe("clamd");
        var lines = await File.ReadAllTextAsync(clamd.ConfigurationFile, Token);
        await File.WriteAllTextAsync(clamd.ConfigurationFile, $"AlertExceedsMax no\n{lines}", Token);
        await clamd.RestartAsync(Token);

        // Since it was right, it may have called something clean.
        await Should.ThrowAsync<EngineWrongException>(SelfTest.RunAsync(engine, Token));
        await SelfTest.RunAsync(engine, Token);
        (await engine.DescribeAsync(Token)).Kind.ShouldBe("clamscan");
    }

    [Fact(Timeout = 60_000)]
    public async Task The_probes_take_little_of_clamds_time()
    {
        await using var clamd = await StartAsync(Packaged);
        var engine = Engines.Clamd(clamd);
        var times = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await engine.MissingSettingsAsync(Token);
            times.Add(TimeProvider.System.GetElapsedTime(start));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"The fastest of five took {times.Min().TotalMilliseconds:0} ms");
        times.Min().ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_ClamAV_has_no_alert_for_is_told_of_until_the_products_signatures_are_there()
    {
        await using var clamd = await StartAsync(Packaged);
        var engine = Engines.Clamd(clamd);
        var spots = await engine.BlindSpotsAsync(Token);
        spots.ShouldContain(spot => spot.Contains("clambucketfleet.ldb"));
        foreach (var path in Directory.GetFiles(Repository.Combine("packaging"), "*.ldb"))
            File.Copy(path, Path.Combine(clamd.DatabaseDirectory, Path.GetFileName(path)));
        await clamd.RestartAsync(Token);
        (await engine.BlindSpotsAsync(Token)).ShouldBeEmpty();
    }

    [Fact]
    public void Clamscan_gets_the_limits_that_the_configuration_of_clamd_has()
    {
        var clamd = File.ReadLines(Packaged)
            .Where(line => line.StartsWith("Max") || line.StartsWith("PCREMax") || line is "AlertExceedsMax yes" or "AlertEncrypted yes")
            .Where(line => !line.StartsWith("MaxThreads") && !line.StartsWith("MaxQueue") && !line.StartsWith("MaxScanTime"))
            .Select(line => line.Replace(' ', '=').ToUpperInvariant());
        var clamscan = ClamscanCommand.Limits.Select(option => option.Replace("-", "").ToUpperInvariant());
        clamscan.ShouldBe(clamd, ignoreOrder: true);
    }

    private static Task<ClamdServer> StartAsync(string configuration, params string[] lines) => ClamdServer.StartAsync(
        new ClamdOptions { ConfigurationFile = configuration, FirstLines = lines }, Token);
}
