namespace Amazon.SimpleNotificationService.Model;

/// <summary>A message attribute, for filter policies.</summary>
public partial class MessageAttributeValue
{
    public string DataType { get; set; }

    public string StringValue { get; set; }
}
