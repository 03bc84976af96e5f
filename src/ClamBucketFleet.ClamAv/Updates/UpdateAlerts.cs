using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ClamBucketFleet.ClamAv;

/// <summary>
/// Tells people when the definitions are too old and cannot be renewed: once, however often that is tried, and once when
/// it is over.
/// </summary>
public sealed class UpdateAlerts(
    UpdatePlace place, IAlertPublisher alerts, AlertFactory factory, TimeSpan maxAge, ILoggerFactory loggers, TimeProvider time)
{
    private readonly ILogger _logger = loggers.CreateLogger<UpdateAlerts>();
    private readonly DefinitionsReader _reader = new(place.Directory, loggers.CreateLogger<DefinitionsReader>());

    /// <param name="failure">Why the update failed; null where it did not.</param>
    /// <param name="cancellationToken">Gives up; the next update tries again.</param>
    public async Task AfterUpdateAsync(string? failure, CancellationToken cancellationToken)
    {
        var state = UpdateState.Read(place);
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
            then.Write(place);
        }
        catch (TryAgainException exception)
        {
            _logger.UpdateAlertFailed(exception.Message);
        }
    }
}
