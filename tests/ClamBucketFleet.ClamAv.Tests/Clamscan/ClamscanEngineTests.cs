using ClamBucketFleet.TestKit;
using Shouldly;

namespace ClamBucketFleet.ClamAv.Tests;

public sealed class ClamscanEngineTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly ClamscanHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Objects_that_wait_together_share_one_invocation_and_each_get_their_own_answer()
    {
        var engine = _harness.Engine();
        byte[][] contents =
        [
            [], [1], Contents.Harmless(), Contents.Harmless(300_000), Contents.EncryptedZip(),
            .. Enumerable.Repeat(Eicar.Bytes, 20), Eicar.NestedZip,
        ];
        var verdicts = await Task.WhenAll(contents.Select(engine.ScanAsync));
        verdicts[..4].ShouldAllBe(verdict => verdict is Clean);
        verdicts[4].ShouldBe(new Unscannable(UnscannableReason.Encrypted));
        verdicts[5..].ShouldAllBe(verdict => verdict is Infected);
        _harness.Invocations.ShouldBe(1);
        _harness.Left.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_file_of_ClamAVs_own_is_found_in_one_invocation()
    {
        var engine = _harness.Engine();
        var files = Directory.GetFiles(Definitions.TestFiles);
        var verdicts = await Task.WhenAll(files.Select(path => engine.ScanAsync(File.ReadAllBytes(path))));
        files.Zip(verdicts).Where(pair => pair.Second is not Infected).ShouldBeEmpty();
        _harness.Invocations.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_arrives_while_one_runs_shares_the_next_invocation()
    {
        _harness.Script($"while [ ! -e '{_harness.Signal}' ]; do sleep 0.02; done");
        var engine = _harness.Engine();
        var first = engine.ScanAsync(Contents.Harmless());
        await Eventually.UntilAsync(() => _harness.Invocations == 1, Soon, Token);
        var others = Enumerable.Range(0, 10).Select(_ => engine.ScanAsync(Contents.Harmless())).ToArray();
        await Eventually.UntilAsync(() => _harness.Left >= 11, Soon, Token);
        await File.WriteAllTextAsync(_harness.Signal, "", Token);
        await first;
        await Task.WhenAll(others);
        _harness.Invocations.ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_batch_closes_when_it_has_its_number_of_files()
    {
        var engine = _harness.Engine(settings => settings with { BatchFiles = 2, Linger = TimeSpan.FromHours(1), LongestLinger = TimeSpan.FromHours(1) });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => engine.ScanAsync(Contents.Harmless())));
        _harness.Invocations.ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_batch_closes_when_it_has_its_bytes()
    {
        var engine = _harness.Engine(settings => settings with { BatchBytes = 2000, Linger = TimeSpan.FromHours(1), LongestLinger = TimeSpan.FromHours(1) });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => engine.ScanAsync(Contents.Harmless())));
        _harness.Invocations.ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_batch_waits_for_what_is_on_its_way_into_the_spool()
    {
        var time = new ManualTimeProvider();
        var engine = _harness.Engine(time: time);
        var arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var slow = new ScriptedStream(async (reads, token) =>
        {
            await arrival.Task.WaitAsync(token);
            return reads == 0 ? 10 : 0;
        });
        var late = engine.ScanAsync(slow, 10, Token);
        var early = engine.ScanAsync(Contents.Harmless());
        for (var i = 0; i < 4; i++)
        {
            await Eventually.UntilAsync(() => time.WaitingTimers > 0, Soon, Token);
            time.Advance(TimeSpan.FromMilliseconds(250));
        }

        arrival.SetResult();
        await Eventually.UntilAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(50));
                return early.IsCompleted && late.IsCompleted;
            },
            Soon,
            Token);
        await Task.WhenAll(early, late);
        _harness.Invocations.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_batch_does_not_wait_for_what_waits_for_its_room_in_the_spool()
    {
        var engine = _harness.Engine(settings => settings with { SpoolLimit = 1500, LongestLinger = TimeSpan.FromHours(1) });
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => engine.ScanAsync(Contents.Harmless())));
        _harness.Invocations.ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_batch_waits_for_nobody_longer_than_it_should()
    {
        var (time, longest, waited) = (new ManualTimeProvider(), TimeSpan.FromSeconds(9), TimeSpan.Zero);
        var engine = _harness.Engine(settings => settings with { LongestLinger = longest }, time: time);
        await using var never = new ScriptedStream(async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return 0;
        });
        using var stop = new CancellationTokenSource();
        var late = engine.ScanAsync(never, 10, stop.Token);
        var early = engine.ScanAsync(Contents.Harmless());
        await Eventually.UntilAsync(
            () =>
            {
                if (time.WaitingTimers > 0 && _harness.Invocations == 0)
                {
                    time.Advance(TimeSpan.FromMilliseconds(250));
                    waited += TimeSpan.FromMilliseconds(250);
                }

                return early.IsCompleted;
            },
            Soon,
            Token);
        (await early).ShouldBeOfType<Clean>();
        waited.ShouldBeGreaterThanOrEqualTo(longest);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(late);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_first_object_waits_for_others_as_long_as_the_clock_says()
    {
        var time = new ManualTimeProvider();
        var engine = _harness.Engine(time: time);
        var scan = engine.ScanAsync(Contents.Harmless());
        await Eventually.UntilAsync(() => time.WaitingTimers > 0, Soon, Token);
        _harness.Invocations.ShouldBe(0);
        time.Advance(TimeSpan.FromMilliseconds(250));
        (await scan).ShouldBeOfType<Clean>();
    }

    [Theory(Timeout = 60_000)]
    [InlineData("shift 1; for i in \"$@\"; do case $i in --file-list=*) sed 's/$/: OK/' \"${i#*=}\";; esac; done; exit 0")]
    [InlineData("exit 0")]
    [InlineData("kill -9 $$")]
    public async Task Nothing_counts_where_the_canary_was_not_found(string script)
    {
        _harness.Script(script);
        await Should.ThrowAsync<ScannerUnavailableException>(_harness.Engine().ScanAsync(Contents.Harmless()));
        _harness.Left.ShouldBe(0);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("echo 'LibClamAV Error: something' >&2")]
    [InlineData("echo 'ERROR: something' >&2")]
    [InlineData("echo something")]
    [InlineData("clamscan \"$@\"; kill -9 $$")]
    [InlineData("clamscan \"$@\" | head -c -1; exit 1")]
    public async Task Nothing_counts_where_something_strange_was_said(string script)
    {
        _harness.Script(script);
        await Should.ThrowAsync<TryAgainException>(_harness.Engine().ScanAsync(Contents.Harmless()));
        _harness.Left.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_missing_program_is_said_with_the_name_of_the_setting() => (await Should.ThrowAsync<ScannerUnavailableException>(
        _harness.Engine(settings => settings with { Path = "/nowhere/clamscan" }).ScanAsync(Contents.Harmless())))
        .Message.ShouldContain("Scan:ClamscanPath");

    [Theory(Timeout = 60_000)]
    [InlineData("/nowhere")]
    [InlineData("/proc/sys/fs/binfmt_misc")]
    public async Task Missing_definitions_are_said_with_the_name_of_the_setting(string database)
    {
        var engine = _harness.Engine(database: database);
        (await Should.ThrowAsync<ScannerUnavailableException>(engine.ScanAsync(Contents.Harmless())))
            .Message.ShouldContain("Scan:DatabaseDirectory");
        (await Should.ThrowAsync<ScannerUnavailableException>(engine.DescribeAsync(Token))).Message.ShouldContain("definitions update");
    }

    [Fact(Timeout = 60_000)]
    public async Task Broken_definitions_mean_no_scanner()
    {
        await File.WriteAllTextAsync(Path.Combine(_harness.Database, "broken.ndb"), "nonsense:::", Token);
        (await Should.ThrowAsync<ScannerUnavailableException>(_harness.Engine().ScanAsync(Contents.Harmless())))
            .Message.ShouldContain("broken.ndb");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_spool_that_cannot_be_written_is_said_with_the_name_of_the_setting() =>
        (await Should.ThrowAsync<ScannerUnavailableException>(
            _harness.Engine(settings => settings with { SpoolDirectory = "/proc/nowhere" }).ScanAsync(Eicar.Bytes)))
            .Message.ShouldContain("Scan:SpoolDirectory");

    [Fact(Timeout = 60_000)]
    public async Task A_full_or_read_only_spool_never_calls_EICAR_clean()
    {
        Mount.SkipUnlessPossible();
        await using var small = await Mount.TmpfsAsync(_harness.Spool, "size=1m", Token);
        var engine = _harness.Engine(settings => settings with { SpoolLimit = 1 << 30 });
        (await engine.ScanAsync(Eicar.Zip)).ShouldBeOfType<Infected>();
        (await Should.ThrowAsync<ScannerUnavailableException>(engine.ScanAsync(Contents.Harmless(3_000_000))))
            .Message.ShouldContain("Scan:SpoolDirectory");
        small.Fill();
        (await Outcome.OfAsync(engine.ScanAsync(Eicar.Zip))).ShouldBe(nameof(ScannerUnavailableException));
        File.Delete(Path.Combine(_harness.Spool, "filler"));
        (await engine.ScanAsync(Eicar.Zip)).ShouldBeOfType<Infected>();
        await engine.DisposeAsync();
        small.Fill();
        await using (var another = _harness.Engine())
            (await Outcome.OfAsync(another.ScanAsync(Eicar.Zip))).ShouldBe(nameof(ScannerUnavailableException));
        await small.MakeReadOnlyAsync(Token);
        (await Outcome.OfAsync(_harness.Engine().ScanAsync(Eicar.Zip))).ShouldBe(nameof(ScannerUnavailableException));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("rm -rf \"$tmp\"")]
    [InlineData("mount -t tmpfs -o size=8k tmpfs \"$tmp\" && head -c 100000 /dev/zero > \"$tmp/filler\" 2>/dev/null")]
    [InlineData("mount -t tmpfs -o ro tmpfs \"$tmp\"")]
    public async Task A_temporary_directory_that_fails_under_a_batch_never_calls_EICAR_clean(string script)
    {
        Mount.SkipUnlessPossible();
        // In a mount namespace of its own, so that nothing is left mounted.
        _harness.Script($$"""
            for i in "$@"; do case $i in --tempdir=*) tmp=${i#*=};; esac; done
            if [ -z "$inside" ]; then inside=1 exec unshare --mount "$0" "$@"; fi
            {{script}}
            """);
        var engine = _harness.Engine();
        var outcomes = await Task.WhenAll(new[] { Eicar.Bytes, Eicar.Zip, Contents.Harmless() }
            .Select(content => Outcome.OfAsync(engine.ScanAsync(content))));
        outcomes.ShouldAllBe(outcome => outcome == nameof(EngineWrongException));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_that_is_given_up_takes_nothing_from_the_others()
    {
        _harness.Script($"while [ ! -e '{_harness.Signal}' ]; do sleep 0.02; done");
        var engine = _harness.Engine();
        using var giveUp = new CancellationTokenSource();
        using var content = new MemoryStream(Contents.Harmless());
        var given = engine.ScanAsync(content, content.Length, giveUp.Token);
        var others = Enumerable.Range(0, 3).Select(_ => engine.ScanAsync(Contents.Harmless())).ToArray();
        await Eventually.UntilAsync(() => _harness.Invocations == 1, Soon, Token);
        var before = _harness.Left;
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(given);
        _harness.Left.ShouldBe(before - 1);
        await File.WriteAllTextAsync(_harness.Signal, "", Token);
        (await Task.WhenAll(others)).ShouldAllBe(verdict => verdict is Clean);
        _harness.Invocations.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_invocation_that_nobody_waits_for_is_ended()
    {
        _harness.Script("exec sleep 1000");
        var engine = _harness.Engine();
        using var giveUp = new CancellationTokenSource();
        using var content = new MemoryStream(Contents.Harmless());
        var given = engine.ScanAsync(content, content.Length, giveUp.Token);
        await Eventually.UntilAsync(() => _harness.Invocations == 1, Soon, Token);
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(given);
        _harness.Script("");
        (await engine.ScanAsync(Contents.Harmless())).ShouldBeOfType<Clean>();
        _harness.Left.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_invocation_that_takes_too_long_is_ended()
    {
        _harness.Script("exec sleep 1000");
        var engine = _harness.Engine(settings => settings with { LoadTime = TimeSpan.Zero, ScanTime = TimeSpan.FromSeconds(1) });
        (await Should.ThrowAsync<TryAgainException>(engine.ScanAsync(Contents.Harmless()))).Message.ShouldContain("too long");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_engine_that_is_disposed_ends_its_invocation_and_leaves_nothing()
    {
        _harness.Script("exec sleep 1000");
        var engine = _harness.Engine();
        var scan = engine.ScanAsync(Contents.Harmless());
        await Eventually.UntilAsync(() => _harness.Invocations == 1, Soon, Token);
        await engine.DisposeAsync();
        await Should.ThrowAsync<TryAgainException>(scan);
        Directory.EnumerateFileSystemEntries(_harness.Spool).ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_larger_than_the_whole_spool_is_said_with_the_name_of_the_setting() =>
        (await Should.ThrowAsync<TryAgainException>(
            _harness.Engine(settings => settings with { SpoolLimit = 500 }).ScanAsync(Contents.Harmless())))
            .Message.ShouldContain("Scan:SpoolLimit");

    [Fact(Timeout = 60_000)]
    public async Task Objects_wait_for_room_in_the_spool()
    {
        var engine = _harness.Engine(settings => settings with { SpoolLimit = 2500 });
        (await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => engine.ScanAsync(Contents.Harmless()))))
            .ShouldAllBe(verdict => verdict is Clean);
        _harness.Invocations.ShouldBe(3);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(999)]
    [InlineData(1001)]
    public async Task A_source_that_is_not_as_long_as_declared_is_not_scanned(int length)
    {
        using var content = new MemoryStream(Contents.Harmless(1000));
        await Should.ThrowAsync<TryAgainException>(_harness.Engine().ScanAsync(content, length, Token));
        _harness.Left.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_the_source_throws_comes_through_unchanged()
    {
        var failure = new IOException("S3 went away");
        await using var failing = new ScriptedStream((count, _) => count < 3 ? new(1000) : throw failure);
        (await Should.ThrowAsync<IOException>(_harness.Engine().ScanAsync(failing, 100_000, Token))).ShouldBeSameAs(failure);
        _harness.Left.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_killed_process_left_is_removed_and_what_a_living_one_uses_stays()
    {
        var left = Path.Combine(_harness.Spool, "1-00000000000000000000000000000000");
        Directory.CreateDirectory(Path.Combine(left, "objects"));
        await File.WriteAllTextAsync(left + ".lock", "", Token);
        var first = _harness.Engine();
        await first.ScanAsync(Contents.Harmless());
        Directory.Exists(left).ShouldBeFalse();
        var second = _harness.Engine();
        await second.ScanAsync(Contents.Harmless());
        (await first.ScanAsync(Eicar.Bytes)).ShouldBeOfType<Infected>();
        Directory.GetDirectories(_harness.Spool).Length.ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task Only_this_user_can_read_what_lies_in_the_spool()
    {
        _harness.Script($"find '{_harness.Spool}' -mindepth 1 -perm /077 -not -name '*.lock' > '{_harness.Signal}'");
        await _harness.Engine().ScanAsync(Contents.Harmless());
        (await File.ReadAllTextAsync(_harness.Signal, Token)).ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task The_program_gets_no_environment_but_PATH_and_its_language()
    {
        _harness.Script($"env | sed 's/=.*//' | grep -vxE 'PATH|LC_ALL|PWD|SHLVL|_' > '{_harness.Signal}'");
        await _harness.Engine().ScanAsync(Contents.Harmless());
        (await File.ReadAllTextAsync(_harness.Signal, Token)).ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task Its_limits_are_as_high_as_ClamAV_lets_them_be()
    {
        var many = Enumerable.Range(0, 10_500).Select(i => ($"{i}", BitConverter.GetBytes(i))).ToArray();
        (await _harness.Engine().ScanAsync(Archive.Zip([.. many, ("last", Eicar.Bytes)]))).ShouldBeOfType<Infected>();
    }

    [Fact(Timeout = 60_000)]
    public async Task An_object_that_takes_too_long_is_unscannable()
    {
        var engine = _harness.Engine(settings => settings with { ScanTime = TimeSpan.FromMilliseconds(300) });
        (await engine.ScanAsync(Archive.Zip("zeros", new byte[400_000_000])))
            .ShouldBe(new Unscannable(UnscannableReason.Timeout));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_says_which_version_it_is_and_asks_again_only_for_other_definitions()
    {
        var engine = _harness.Engine();
        var info = await engine.DescribeAsync(Token);
        (info.Kind, info.Version[..9]).ShouldBe(("clamscan", "ClamAV 1."));
        (await engine.DescribeAsync(Token)).ShouldBe(info);
        _harness.Invocations.ShouldBe(1);
        Definitions.WriteSignature(_harness.Database, "Another", "another"u8);
        (await engine.DescribeAsync(Token)).DefinitionsVersion.ShouldNotBe(info.DefinitionsVersion);
        _harness.Invocations.ShouldBe(2);
    }

    [Fact(Timeout = 60_000)]
    public async Task It_passes_the_self_test_in_one_invocation()
    {
        await SelfTest.RunAsync(_harness.Engine(), Token);
        _harness.Invocations.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task After_a_failed_batch_the_next_ones_are_smaller_until_one_is_good()
    {
        _harness.Script("echo something");
        var engine = _harness.Engine(settings => settings with { Linger = TimeSpan.FromSeconds(1) });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Outcome.OfAsync(engine.ScanAsync(Contents.Harmless()))));
        _harness.Script("");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => engine.ScanAsync(Contents.Harmless())));
        _harness.Invocations.ShouldBe(3);
    }
}
