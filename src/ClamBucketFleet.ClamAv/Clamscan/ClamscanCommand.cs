using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Text;
using CliWrap;

namespace ClamBucketFleet.ClamAv;

/// <summary>The program clamscan, as a process.</summary>
internal sealed class ClamscanCommand(string path)
{
    /// <summary>
    /// What packaging/clamd.conf says to clamd, which is as much as ClamAV 1.4 takes. Past the first four clamscan says
    /// so (--alert-exceeds-max); past the others it skips in silence. 0 is no limit for files, but not for recursion. A
    /// scan size above the file size would let it cut members of ZIP archives short in silence.
    /// </summary>
    internal static readonly string[] Limits =
    [
        "--alert-exceeds-max=yes",
        "--alert-encrypted=yes",
        "--max-filesize=2147483647",
        "--max-scansize=2147483647",
        "--max-files=0",
        "--max-recursion=100",
        "--max-embeddedpe=2147483647",
        "--max-htmlnormalize=2147483647",
        "--max-htmlnotags=2147483647",
        "--max-scriptnormalize=2147483647",
        "--max-ziptypercg=2147483647",
        "--max-partitions=2147483647",
        "--pcre-max-filesize=2147483647",
    ];

    public Task<ClamscanRun> ScanAsync(
        string database, string signatures, string list, string temporary, TimeSpan scanTime, CancellationToken cancellationToken) => RunAsync(
        [
            $"--database={database}",
            $"--database={signatures}",
            $"--file-list={list}",
            $"--tempdir={temporary}",
            string.Create(CultureInfo.InvariantCulture, $"--max-scantime={(long)scanTime.TotalMilliseconds}"),
            "--no-summary",
            "--stdout",
            "--allmatch",
            .. Limits,
        ],
        cancellationToken);

    public Task<ClamscanRun> VersionAsync(string database, CancellationToken cancellationToken) =>
        RunAsync([$"--database={database}", "--version"], cancellationToken);

    private async Task<ClamscanRun> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var (output, error) = (new StringBuilder(), new StringBuilder());
        try
        {
            var result = await Cli.Wrap(path)
                .WithArguments(arguments)
                .WithEnvironmentVariables(Minimal())
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
                .WithValidation(CommandResultValidation.None)
                .ExecuteAsync(cancellationToken);
            return new ClamscanRun(result.ExitCode, output.ToString(), error.ToString());
        }
        catch (Win32Exception exception)
        {
            throw new ScannerUnavailableException(
                $"clamscan cannot be started as '{SafeText.Escape(path)}': install it (Debian: apt install clamav), or " +
                $"correct Scan:ClamscanPath. {exception.Message}",
                exception) { IsEverywhere = true };
        }
    }

    private static Dictionary<string, string?> Minimal()
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(entry => (string)entry.Key != "PATH")
            .ToDictionary(entry => (string)entry.Key, _ => (string?)null);
        variables["LC_ALL"] = "C";
        return variables;
    }
}
