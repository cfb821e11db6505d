using System.Collections.Generic;
using System.Text;

namespace Solami.Protocol
{
    /// <summary>
    /// Arrays for messages, used again and again, so that frames make no garbage. Safe on all threads.
    /// </summary>
    public sealed class MessagePool
    {
        private const int SmallestBytes = 1 << 8;
        private const int Sizes = 14;
        private readonly Stack<MessageBuffer>[] _free = new Stack<MessageBuffer>[Sizes];
        private int _made;

        /// <summary>An empty pool.</summary>
        public MessagePool()
        {
            for (int i = 0; i < Sizes; i++)
            {
                _free[i] = new Stack<MessageBuffer>();
            }
        }

        /// <summary>How many buffers were ever allocated: stands still in steady state.</summary>
        public int Made => _made;

        /// <summary>A buffer for at least so many bytes, held once.</summary>
        public MessageBuffer Rent(int bytes)
        {
            int size = SizeOf(bytes);
            MessageBuffer buffer = null;
            lock (_free)
            {
                if (size < Sizes && _free[size].Count > 0)
                {
                    buffer = _free[size].Pop();
                }
                else
                {
                    _made++;
                }
            }
            if (buffer == null)
            {
                buffer = new MessageBuffer(this, size < Sizes ? SmallestBytes << size : bytes);
            }
            buffer.Lend();
            return buffer;
        }

        /// <summary>Makes buffers ahead of time, so that later there is none to make.</summary>
        public void Reserve(int count, int bytes)
        {
            var made = new MessageBuffer[count];
            for (int i = 0; i < count; i++)
            {
                made[i] = Rent(bytes);
            }
            for (int i = 0; i < count; i++)
            {
                made[i].Release();
            }
        }

        /// <summary>A text message.</summary>
        public MessageBuffer RentText(string text)
        {
            MessageBuffer buffer = Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
            buffer.Count = Encoding.UTF8.GetBytes(text, 0, text.Length, buffer.Data, 0);
            buffer.IsText = true;
            return buffer;
        }

        internal void TakeBack(MessageBuffer buffer)
        {
            int size = SizeOf(buffer.Data.Length);
            if (size >= Sizes)
            {
                return;
            }
            lock (_free)
            {
                _free[size].Push(buffer);
            }
        }

        private static int SizeOf(int bytes)
        {
            int size = 0;
            while (size < Sizes && SmallestBytes << size < bytes)
            {
                size++;
            }
            return size;
        }
    }
}
