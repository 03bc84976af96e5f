using ClamBucketFleet.Options;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.Pipeline;

/// <summary>
/// Knows whether the engine is fit to scan: it answers, finds EICAR, and its definitions are not too old. While it is
/// not, no work is taken.
/// </summary>
/// <param name="selfTest">
/// Has the engine find EICAR the way it finds anything; throws <see cref="ScannerUnavailableException"/>.
/// </param>
public sealed class ScannerFitness(
    IScanEngine engine,
    Func<CancellationToken, Task> selfTest,
    CurrentOptions current,
    ILogger<ScannerFitness> logger,
    TimeProvider time)
{
    private static readonly TimeSpan ProofLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SelfTestInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private TaskCompletionSource _fit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _unfit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset _lastSelfTest = DateTimeOffset.MinValue;
    private IProofObserver _observer = new NobodyObserves();
    private Pulse _pulse = Pulse.Unwatched;

    /// <summary>What the engine last said of itself.</summary>
    public EngineInfo? Engine { get; private set; }

    /// <summary>When the definitions were published that the engine last told of, too old ones included.</summary>
    public DateTimeOffset? Definitions { get; private set; }

    /// <summary>Why no work is taken; null while the engine is fit.</summary>
    public string? Unfitness { get; private set; } = "the engine has not answered yet";

    /// <summary>Returns once the engine is fit.</summary>
    public Task WaitUntilFitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _fit.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Somebody met an engine that cannot scan: work stops until it has proved itself.</summary>
    public void ReportUnavailable(string reason)
    {
        bool isNews;
        lock (_lock)
        {
            isNews = Unfitness != reason;
            if (Unfitness is null)
                _fit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Unfitness = reason;
            _unfit.TrySetResult();
        }

        if (isNews)
            Log.EngineUnfit(logger, reason);
    }

    /// <summary>Asks the engine for everything now.</summary>
    /// <exception cref="ScannerUnavailableException">It is not fit; the message says why and what to do.</exception>
    public Task ProveAsync(CancellationToken cancellationToken) => WithinLimitAsync(
        async limited =>
        {
            var info = await engine.DescribeAsync(limited).ConfigureAwait(false);
            RefuseOldDefinitions(info);
            if (Options.SelfTest)
                await TestAsync(info, limited).ConfigureAwait(false);
            Engine = info;
            _lastSelfTest = time.GetUtcNow();
        },
        cancellationToken);

    private async Task TestAsync(EngineInfo info, CancellationToken cancellationToken)
    {
        try
        {
            await selfTest(cancellationToken).ConfigureAwait(false);
        }
        catch (EngineWrongException e) when (info.DefinitionsVersion is null && Engine is null)
        {
            // A new machine, where freshclam has not been yet; of one that was right before, what it said is in doubt.
            throw new ScannerUnavailableException(
                $"There are no virus definitions in {Options.DatabaseDirectory} yet: freshclam brings them.", e)
            { IsEverywhere = true };
        }
    }

    private async Task ProveAndTellAsync(CancellationToken cancellationToken)
    {
        var proof = _observer.ProofBegins();
        _pulse.Begins("having the engine prove itself", Patience + Liveness.Margin);
        await ProveAsync(cancellationToken).ConfigureAwait(false);
        _pulse.Begins("acting on the engine's proof", Liveness.Requests);
        await _observer.ProofPassedAsync(proof, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// What the engine gets to answer; clamscan's self-test waits behind the invocation that runs, and loads for a while.
    /// </summary>
    internal TimeSpan Patience => Options.Engine == EngineKind.Clamd ? ProofLimit : ProofLimit + Options.Timeout;

    private ScanOptions Options => current.Value.Scan;

    private async Task WithinLimitAsync(Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        var patience = Patience;
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await ask(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ScannerUnavailableException(
                $"The engine did not answer its self-test within {ValueParser.Duration(patience)}. Is it hung, or loading?");
        }
        catch (TryAgainException e)
        {
            throw new ScannerUnavailableException($"The engine failed its self-test: {e.Message}", e);
        }
    }

    /// <summary>Watches the engine until it is told to stop.</summary>
    /// <param name="consequences">Told of every proof that was tried, before work goes on.</param>
    /// <param name="liveness">Hears of every look.</param>
    /// <param name="cancellationToken">Tells it to stop.</param>
    public async Task RunAsync(IProofObserver consequences, Liveness liveness, CancellationToken cancellationToken)
    {
        using var pulse = liveness.Watch("The watch over the engine");
        _observer = consequences;
        _pulse = pulse;
        var wait = new Backoff(ShortestWait, LongestWait);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (Unfitness is null)
                {
                    await LookAgainAsync(cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await ProveAndTellAsync(cancellationToken).ConfigureAwait(false);
                    Declare();
                }

                wait.Reset();
                pulse.Begins("waiting for its next look", Interval + Liveness.Margin);
                Task unfit;
                lock (_lock)
                    unfit = _unfit.Task;
                await Task.WhenAny(unfit, Task.Delay(Interval, time, cancellationToken)).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // Nothing may end the watch: an engine that nobody watches would pass for fit.
                ReportUnavailable(e is ScannerUnavailableException
                    ? e.Message
                    : $"The engine could not be asked: {SafeText.Escape(e.Message)}");
                pulse.Begins("acting on the engine's failure", Liveness.Requests);
                await _observer.ProofFailedAsync(e, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var pause = wait.Next();
                pulse.Begins("waiting for its next look", pause + Liveness.Margin);
                await PauseAsync(pause, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ScannerUnavailableException)
            {
                return;
            }
        }
    }

    // Over as soon as an engine that was away is there.
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answered = engine.AnsweredAsync(over.Token);
        var pausing = Task.Delay(pause, time, over.Token);
        await Task.WhenAny(pausing, answered).ConfigureAwait(false);

        // An engine that fails at once is not asked again at once.
        if (answered is { IsCompleted: true, IsCompletedSuccessfully: false })
            await pausing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await over.CancelAsync().ConfigureAwait(false);
        await answered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task LookAgainAsync(CancellationToken cancellationToken)
    {
        _pulse.Begins("asking the engine", Patience + Liveness.Margin);
        EngineInfo? info = null;
        await WithinLimitAsync(
            async limited => info = await engine.DescribeAsync(limited).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (info != Engine || time.GetUtcNow() - _lastSelfTest >= SelfTestInterval)
            await ProveAndTellAsync(cancellationToken).ConfigureAwait(false);
        else
            RefuseOldDefinitions(info!);
    }

    private void RefuseOldDefinitions(EngineInfo info)
    {
        Definitions = info.DefinitionsPublished;
        if (info.DefinitionsPublished is not { } published)
            return;
        var age = time.GetUtcNow() - published;
        var limit = Options.MaxDefinitionsAge;
        if (age > limit)
        {
            throw new DefinitionsTooOldException(
                $"The definitions are of {published.UtcDateTime:yyyy-MM-dd HH:mm} UTC, older than " +
                $"{ValueParser.Duration(limit)} (Scan:MaxDefinitionsAge): run 'clambucketfleet definitions update', and " +
                "look at why that did not run by itself.");
        }
    }

    private void Declare()
    {
        lock (_lock)
        {
            if (Unfitness is null)
                return;
            // Before those who wait for it say what they do next.
            Log.EngineFit(logger, Engine!.Kind, Engine.Version, Engine.DefinitionsVersion, Engine.DefinitionsPublished);
            Unfitness = null;
            _unfit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _fit.TrySetResult();
        }
    }

    private sealed class NobodyObserves : IProofObserver
    {
        public long ProofBegins() => 0;

        public Task ProofPassedAsync(long proof, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task ProofFailedAsync(Exception reason, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Somebody who acts on the engine's proofs.</summary>
public interface IProofObserver
{
    /// <summary>A proof begins.</summary>
    /// <returns>A mark that says what came before it.</returns>
    long ProofBegins();

    /// <summary>The engine is right, and with that about everything that began up to the mark.</summary>
    Task ProofPassedAsync(long proof, CancellationToken cancellationToken);

    /// <summary>It is not fit. Told again at every attempt until it is.</summary>
    Task ProofFailedAsync(Exception reason, CancellationToken cancellationToken);
}
