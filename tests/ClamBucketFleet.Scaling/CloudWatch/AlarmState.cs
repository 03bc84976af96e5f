namespace ClamBucketFleet.Scaling.CloudWatch;

public enum AlarmState
{
    InsufficientData,
    Ok,
    Alarm,
}
