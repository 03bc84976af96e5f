using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>Whether a clamd scans with what is in its database directory now.</summary>
internal enum ReloadOutcome
{
    /// <summary>Nothing listens: the next clamd that starts loads what is there.</summary>
    NoClamd,

    /// <summary>It has loaded all of it and passed its self-test.</summary>
    Loaded,

    /// <summary>It had loaded all of it before; how its self-test ended then is not known.</summary>
    Known,
}

/// <summary>
/// Has clamd load the set of definitions in use, and waits until it has. clamd says that it reloads, never that it has done
/// so; so each set comes with a signature for a text that names it, and clamd is asked about that text.
/// </summary>
internal sealed class ClamdReload(ClamdClient client, ClamdEngine engine, string directory, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private const string Mark = "ClamBucketFleet-Definitions-Loaded";

    /// <param name="set">Where clamd knows this one already, nothing is done.</param>
    /// <param name="cancellationToken">Gives up; clamd goes on.</param>
    /// <exception cref="EngineWrongException">It was right before, and with what it has loaded it is wrong.</exception>
    /// <exception cref="ScannerUnavailableException">It does not answer, did not load, or was wrong before already.</exception>
    public async Task<ReloadOutcome> RunAsync(string set, CancellationToken cancellationToken)
    {
        var text = System.Text.Encoding.ASCII.GetBytes($"Are the definitions of {set} loaded?\n");
        try
        {
            if (await KnowsAsync(text, cancellationToken))
                return ReloadOutcome.Known;
        }
        catch (ScannerUnavailableException exception) when (IsNobodyThere(exception))
        {
            logger.NoClamdToReload(exception.Message);
            return ReloadOutcome.NoClamd;
        }

        var wasWrong = await WrongAsync(cancellationToken);
        await LoadAsync(text, cancellationToken);
        if (await WrongAsync(cancellationToken) is not { } wrong)
            return ReloadOutcome.Loaded;

        throw wasWrong is null ? wrong : new ScannerUnavailableException(
            $"clamd on {client.Address} has loaded the new definitions and fails its self-test, as it did before: {wrong.Message}", wrong);
    }

    // One that hangs, or lets this user not in, goes on with what it has: people should hear of it.
    private static bool IsNobodyThere(ScannerUnavailableException exception) => exception.InnerException is SocketException
    {
        SocketErrorCode: SocketError.AddressNotAvailable or SocketError.ConnectionRefused,
    };

    private async Task<EngineWrongException?> WrongAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SelfTest.FindAsync(engine, cancellationToken);
            return null;
        }
        catch (EngineWrongException exception)
        {
            return exception;
        }
    }

    private async Task LoadAsync(byte[] text, CancellationToken cancellationToken)
    {
        WriteMark(text);
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var last = "it went on scanning with what it had";
        try
        {
            await client.ReloadAsync(either.Token);
            while (!await KnowsOrWaitsAsync(text, problem => last = problem, either.Token))
                await Task.Delay(Interval, time, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ScannerUnavailableException(
                $"clamd on {client.Address} did not load the new definitions within {Limit.TotalMinutes} minutes: {last}. " +
                $"Is its DatabaseDirectory {directory}? Its log may say more.");
        }
    }

    // While it loads with ConcurrentDatabaseReload off, clamd answers nobody.
    private async Task<bool> KnowsOrWaitsAsync(byte[] text, Action<string> failed, CancellationToken cancellationToken)
    {
        try
        {
            return await KnowsAsync(text, cancellationToken);
        }
        catch (ScannerUnavailableException exception)
        {
            failed(exception.Message);
            return false;
        }
    }

    private async Task<bool> KnowsAsync(byte[] text, CancellationToken cancellationToken) =>
        (await client.AskAsync(text, cancellationToken)).Contains($" {Mark}", StringComparison.Ordinal);

    // It stays there: clamd would take its removal for new definitions, and load once more.
    private void WriteMark(byte[] text)
    {
        var file = Path.Combine(directory, UpdatePlace.Name, "mark.new");
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(text));
        using (var stream = File.Create(file))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes($"{hash}:{text.Length}:{Mark}\n"));

            // After a loss of power an empty one would keep clamd from loading anything.
            stream.Flush(flushToDisk: true);
        }

        NativeFiles.LetAllRead(file);
        NativeFiles.Rename(file, Path.Combine(directory, DatabaseNames.LoadedMark));
    }
}
