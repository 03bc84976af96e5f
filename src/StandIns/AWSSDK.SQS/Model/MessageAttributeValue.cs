namespace Amazon.SQS.Model;

/// <summary>A message attribute that its sender set.</summary>
public partial class MessageAttributeValue
{
    public string DataType { get; set; }

    public string StringValue { get; set; }

    public MemoryStream BinaryValue { get; set; }
}
