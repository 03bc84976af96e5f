using Spectre.Console;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>A progress bar on standard error, for large contents and only where a person looks.</summary>
internal static class ScanProgress
{
    private const long Large = 8L << 20;
    private const int NameWidth = 24;

    /// <summary>Runs a scan, told of bytes read and bytes in all where a bar is wanted, of nothing elsewhere.</summary>
    public static async Task<T> RunAsync<T>(string name, Func<Action<long, long>?, Task<T>> scan)
    {
        if (Terminal.Error is not { } console)
            return await scan(null).ConfigureAwait(false);

        return await console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .StartAsync(context =>
            {
                ProgressTask? bar = null;
                return scan((bytes, size) =>
                {
                    if (size < Large)
                        return;
                    bar ??= context.AddTask(Markup.Escape(Shortened(SafeText.Escape(name))), maxValue: size);
                    bar.Value = bytes;
                });
            }).ConfigureAwait(false);
    }

    // The end of a long name says more than its beginning, and the bar needs its room.
    private static string Shortened(string name) => name.Length <= NameWidth ? name : $"…{name[^(NameWidth - 1)..]}";
}
