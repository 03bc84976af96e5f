using CliWrap;
using CliWrap.Buffered;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>Whose the database directory is.</summary>
internal static class DatabaseOwner
{
    /// <summary>Stops root, whose files the next update of the directory's own user could neither replace nor remove.</summary>
    /// <exception cref="FatalConfigurationException">Started by root, and the directory is another user's.</exception>
    public static async Task ExpectAsync(string directory, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return;

        var stat = await CliWrap.Cli.Wrap("stat")
            .WithArguments(["--format=%U", "--", directory])
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken).ConfigureAwait(false);
        var owner = stat.StandardOutput.Trim();
        if (stat.ExitCode == 0 && owner != Environment.UserName)
        {
            throw new FatalConfigurationException(
                $"{directory} (Scan:DatabaseDirectory) belongs to {owner}: run 'runuser -u {owner} -- clambucketfleet definitions update'.");
        }
    }
}
