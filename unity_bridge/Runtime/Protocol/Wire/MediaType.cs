namespace Solami.Protocol
{
    /// <summary>What the payload of a binary frame holds.</summary>
    public enum MediaType : byte
    {
        /// <summary>PCM16 mono little-endian, the user's or the character's.</summary>
        Audio = 1,

        /// <summary>Poses of the character, float32.</summary>
        CharacterMotion = 2,

        /// <summary>Weights of the character's mouth shapes, uint8.</summary>
        Visemes = 3,

        /// <summary>Poses or trackers of the user, float32.</summary>
        UserMotion = 4,

        /// <summary>Reserved.</summary>
        Gaze = 5,

        /// <summary>The character's motion as codes, uint16.</summary>
        CharacterMotionCodes = 6,

        /// <summary>Poses of the user that the server made of three points, where a session asks for them.</summary>
        UserBody = 7,
    }
}
