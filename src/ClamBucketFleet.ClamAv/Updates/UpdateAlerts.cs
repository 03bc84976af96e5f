using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Tells people when the definitions are too old and cannot be renewed: once, however often that is tried, and once when
/// it is over.
/// </summary>
/// <param name="directory"><c>Scan:DatabaseDirectory</c>; what was alerted is kept there where that is possible.</param>
/// <param name="alerts">Where they go.</param>
/// <param name="factory">Makes them.</param>
/// <param name="maxAge"><c>Scan:MaxDefinitionsAge</c>.</param>
/// <param name="loggers">Told of alerts that could not be published.</param>
/// <param name="time">The clock.</param>
public sealed class UpdateAlerts(
    string directory, IAlertPublisher alerts, AlertFactory factory, TimeSpan maxAge, ILoggerFactory loggers, TimeProvider time)
{
    private readonly ILogger _logger = loggers.CreateLogger<UpdateAlerts>();
    private readonly DefinitionsReader _reader = new(directory, loggers.CreateLogger<DefinitionsReader>());

    /// <param name="failure">Why the update failed; null where it did not.</param>
    /// <param name="cancellationToken">Gives up; the next update tries again.</param>
    public async Task AfterUpdateAsync(string? failure, CancellationToken cancellationToken)
    {
        var state = UpdateState.Read(directory, time.GetUtcNow());
        var published = _reader.Read()?.Published;
        var young = time.GetUtcNow() - published <= maxAge;
        if (young && state.Alerted is { } alerted)
            await PublishAsync($"Over: {alerted}", state with { Alerted = null }, cancellationToken);
        if (young || failure is null || state.Alerted is not null)
            return;

        var age = published is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"The definitions are of {known.UtcDateTime:yyyy-MM-dd HH:mm} UTC, too old,")
            : "There are no definitions,";
        var error = $"{age} and the update failed: {failure}";
        await PublishAsync(error, state with { Alerted = error }, cancellationToken);
    }

    private async Task PublishAsync(string error, UpdateState then, CancellationToken cancellationToken)
    {
        try
        {
            await alerts.PublishAsync(factory.OfFleet(error), cancellationToken);
            then.Write(directory);
        }
        catch (Exception exception) when (exception is TryAgainException or IOException or UnauthorizedAccessException)
        {
            _logger.UpdateAlertFailed(exception.Message);
        }
    }
}
