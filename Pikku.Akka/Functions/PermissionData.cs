namespace Pikku.Akka.Functions;

/// <summary>Where the data of a permission comes from.</summary>
[Flags]
internal enum PermissionData
{
    /// <summary>The permission uses no data.</summary>
    None = 0,

    /// <summary>The data of the message.</summary>
    Message = 1,

    /// <summary>The opening data of the connection.</summary>
    Opening = 2,

    /// <summary>The key of the topic.</summary>
    Key = 4,

    /// <summary>The principal of the connection.</summary>
    Principal = 8,
}
