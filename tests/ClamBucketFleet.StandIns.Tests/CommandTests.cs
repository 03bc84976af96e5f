using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using CliWrap;
using CliWrap.Buffered;
using CliWrap.Exceptions;
using Shouldly;
using Xunit;

namespace ClamBucketFleet.StandIns.Tests;

public sealed class CommandTests
{
    private const int Limit = 60_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Arguments_arrive_as_they_are()
    {
        string[] arguments =
        [
            "", " ", "a b", "\"", "\\", "\\\"", "end\\", "two  \t\nlines", "'q'", "$(id)", "*", "-x", "ä😀", "a\\ b\\\\",
        ];
        var result = await Cli.Wrap("printf").WithArguments(["%s\\0", .. arguments]).ExecuteBufferedAsync(Cancellation);
        result.StandardOutput.Split('\0')[..^1].ShouldBe(arguments);
    }

    [Fact(Timeout = Limit)]
    public async Task An_exit_code_is_an_exception_unless_asked_not_to_be()
    {
        var command = Shell("echo oops >&2; exit 3");

        var e = await Should.ThrowAsync<CommandExecutionException>(
            command.ExecuteBufferedAsync(Cancellation).Task);
        e.ExitCode.ShouldBe(3);
        e.Message.ShouldContain("oops");
        (await Should.ThrowAsync<CommandExecutionException>(command.ExecuteAsync(Cancellation).Task))
            .Command.TargetFilePath.ShouldBe("sh");

        var result = await command.WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Cancellation);
        (result.ExitCode, result.IsSuccess, result.StandardError).ShouldBe((3, false, "oops\n"));
        result.RunTime.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact(Timeout = Limit)]
    public async Task A_command_never_changes()
    {
        var first = Shell("echo $NAME; pwd").WithEnvironmentVariables(new Dictionary<string, string?> { ["NAME"] = "n" });
        var second = first.WithWorkingDirectory("/");
        (await second.ExecuteBufferedAsync(Cancellation)).StandardOutput.ShouldBe("n\n/\n");
        first.WorkingDirPath.ShouldBe(Directory.GetCurrentDirectory());
    }

    [Fact(Timeout = Limit)]
    public async Task A_variable_set_to_null_is_not_there()
    {
        var result = await Cli.Wrap("/usr/bin/env")
            .WithEnvironmentVariables(new Dictionary<string, string?> { ["HOME"] = null, ["OTHER"] = "x" })
            .ExecuteBufferedAsync(Cancellation);
        var lines = result.StandardOutput.Split('\n');
        lines.ShouldContain("OTHER=x");
        lines.ShouldNotContain(line => line.StartsWith("HOME=", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task Much_output_on_both_pipes_at_once_is_all_read()
    {
        const int size = 3_000_000;
        var result = await Shell($"head -c {size} /dev/zero | tr '\\0' e >&2 & head -c {size} /dev/zero | tr '\\0' o; wait")
            .ExecuteBufferedAsync(Cancellation);
        result.StandardOutput.ShouldBe(new string('o', size));
        result.StandardError.ShouldBe(new string('e', size));
    }

    [Fact(Timeout = Limit)]
    public async Task Lines_are_handed_over_one_by_one()
    {
        List<string> lines = [];
        await Shell("printf 'one\\n\\ntwo\\nlast'").WithStandardOutputPipe(PipeTarget.ToDelegate(lines.Add))
            .ExecuteAsync(Cancellation);
        lines.ShouldBe(["one", "", "two", "last"]);
    }

    [Fact(Timeout = Limit)]
    public async Task The_process_waits_for_whoever_takes_its_lines()
    {
        List<string> lines = [];
        var taking = PipeTarget.ToDelegate(async line =>
        {
            await Task.Yield();
            lines.Add(line);
        });
        await Shell("seq 3").WithStandardOutputPipe(taking).ExecuteAsync(Cancellation);
        lines.ShouldBe(["1", "2", "3"]);
    }

    [Fact(Timeout = Limit)]
    public async Task A_failure_of_whoever_takes_the_output_is_the_failure_of_the_run()
    {
        var task = Shell("echo one").WithStandardOutputPipe(
            PipeTarget.ToDelegate(new Action<string>(_ => throw new InvalidDataException("cannot read it"))))
            .ExecuteAsync(Cancellation);
        await Should.ThrowAsync<InvalidDataException>(task.Task);
    }

    [Fact(Timeout = Limit)]
    public async Task Standard_input_comes_from_a_stream_or_a_string()
    {
        var bytes = new byte[1_000_000];
        Random.Shared.NextBytes(bytes);
        using var copy = new MemoryStream();
        await Cli.Wrap("cat").WithStandardInputPipe(PipeSource.FromStream(new MemoryStream(bytes)))
            .WithStandardOutputPipe(PipeTarget.ToStream(copy)).ExecuteAsync(Cancellation);
        copy.ToArray().ShouldBe(bytes);

        var text = await Cli.Wrap("cat").WithStandardInputPipe(PipeSource.FromString("ä\n"))
            .ExecuteBufferedAsync(Cancellation);
        text.StandardOutput.ShouldBe("ä\n");
    }

    [Fact(Timeout = Limit)]
    public async Task A_process_that_reads_only_the_beginning_of_its_input_is_no_failure()
    {
        var result = await Shell("head -c 1").WithStandardInputPipe(PipeSource.FromStream(new EndlessStream()))
            .ExecuteBufferedAsync(Cancellation);
        result.StandardOutput.ShouldBe("\0");
    }

    [Fact]
    public void A_missing_executable_is_told_at_once()
    {
        var e = Should.Throw<Win32Exception>(() => { Cli.Wrap("/no/such/program").ExecuteAsync(Cancellation); });
        e.Message.ShouldContain("/no/such/program");
    }

    [Fact(Timeout = Limit)]
    public async Task A_forceful_cancellation_kills_the_process_and_its_children()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var child = new TaskCompletionSource<int>();
        var task = Shell("trap '' INT TERM; sleep 600 & echo $!; wait").WithStandardOutputPipe(
            PipeTarget.ToDelegate(line => child.SetResult(int.Parse(line)))).ExecuteAsync(stop.Token);
        var childId = await child.Task.WaitAsync(Cancellation);

        await stop.CancelAsync();

        var e = await Should.ThrowAsync<OperationCanceledException>(task.Task);
        e.CancellationToken.ShouldBe(stop.Token);
        IsRunning(task.ProcessId).ShouldBeFalse();
        IsRunning(childId).ShouldBeFalse();
    }

    [Fact(Timeout = Limit)]
    public async Task A_graceful_cancellation_lets_the_process_clean_up()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var ready = new TaskCompletionSource();
        var lines = new StringBuilder();
        var task = Python("""
            import signal, sys
            def end(*_):
                print("cleaned up", flush=True)
                sys.exit(0)
            signal.signal(signal.SIGINT, end)
            print("ready", flush=True)
            signal.pause()
            """).WithStandardOutputPipe(PipeTarget.ToDelegate(line =>
        {
            lines.AppendLine(line);
            ready.TrySetResult();
        })).ExecuteAsync(CancellationToken.None, stop.Token);
        await ready.Task.WaitAsync(Cancellation);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(task.Task);
        lines.ToString().ShouldBe("ready\ncleaned up\n");
        IsRunning(task.ProcessId).ShouldBeFalse();
    }

    [Fact(Timeout = Limit)]
    public async Task A_process_that_ignores_the_graceful_one_is_killed_by_the_forceful_one()
    {
        using var graceful = new CancellationTokenSource();
        using var forceful = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var seen = new TaskCompletionSource();
        var ready = new TaskCompletionSource();
        var task = Python("""
            import signal
            signal.signal(signal.SIGINT, lambda *_: print("seen", flush=True))
            print("ready", flush=True)
            while True: signal.pause()
            """).WithStandardOutputPipe(PipeTarget.ToDelegate(
                line => (line == "ready" ? ready : seen).TrySetResult()))
            .ExecuteAsync(forceful.Token, graceful.Token);
        await ready.Task.WaitAsync(Cancellation);
        await graceful.CancelAsync();
        await seen.Task.WaitAsync(Cancellation);
        task.Task.IsCompleted.ShouldBeFalse();

        await forceful.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(task.Task);
        IsRunning(task.ProcessId).ShouldBeFalse();
    }

    [Fact(Timeout = Limit)]
    public async Task Output_that_a_process_left_behind_holds_open_does_not_outlast_a_kill()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var orphan = new TaskCompletionSource<int>();
        var task = Shell("setsid sh -c 'echo $$; exec sleep 600' & exit 0").WithStandardOutputPipe(
            PipeTarget.ToDelegate(line => orphan.SetResult(int.Parse(line)))).ExecuteAsync(stop.Token);
        var orphanId = await orphan.Task.WaitAsync(Cancellation);
        try
        {
            await stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(task.Task);
        }
        finally
        {
            using var process = Process.GetProcessById(orphanId);
            process.Kill();
        }
    }

    private static Command Shell(string script) => Cli.Wrap("sh").WithArguments(["-c", script]);

    private static Command Python(string script) => Cli.Wrap("/usr/bin/env").WithArguments(["python3", "-c", script]);

    // A zombie that nobody has waited for yet runs no more.
    private static bool IsRunning(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    private sealed class EndlessStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Array.Clear(buffer, offset, count);
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
